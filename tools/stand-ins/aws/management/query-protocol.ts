import type { StandInResponse } from '../../http-server.ts';
import { type XmlContent, xml } from '../../xml.ts';

/** AWS's query protocol, which CloudFormation and STS speak: a form is the request, XML the response. */

const NAMESPACE = { '@xmlns': 'http://cloudformation.amazonaws.com/doc/2010-05-15/' };

/** The result of an action. */
export const result = (action: string, content: XmlContent): StandInResponse =>
  xml(
    200,
    {
      [`${action}Response`]: {
        ...NAMESPACE,
        [`${action}Result`]: content,
        ResponseMetadata: { RequestId: '1' },
      },
    },
    'text/xml',
  );

/** An error of the caller. */
export const refuse = (status: number, Code: string, Message: string): StandInResponse =>
  xml(
    status,
    { ErrorResponse: { ...NAMESPACE, Error: { Type: 'Sender', Code, Message }, RequestId: '1' } },
    'text/xml',
  );
