import { Agent, createServer } from 'node:http';
import { duplexPair } from 'node:stream';

/**
 * A Secrets Manager inside the process of the artefact: it listens on no port and no file, so that no other program can ask
 * it. The AWS SDK of the artefact reaches it by a name that exists nowhere else.
 */

/** Source: RFC 2606: no name server resolves it. */
const HOST = 'secrets-manager.invalid';

/**
 * Lets the artefact of this process read secrets, as the function reads them from Secrets Manager.
 * @param {Readonly<Record<string, string>>} secrets values by name
 */
export function provideSecrets(secrets) {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { SecretId } = JSON.parse(body);
    const SecretString = secrets[SecretId];
    const answer = SecretString === undefined ? { __type: 'ResourceNotFoundException' } : { SecretString };
    response.writeHead('__type' in answer ? 400 : 200, { connection: 'close' }).end(JSON.stringify(answer));
  });
  const { createConnection } = Agent.prototype;
  Agent.prototype.createConnection = function (options, ...rest) {
    if (options.host !== HOST) return createConnection.call(this, options, ...rest);
    const [near, far] = duplexPair();
    server.emit('connection', far);
    // The SDK sets both on every socket. Inside a process there is nothing to wait for, and nothing to keep alive.
    return Object.assign(near, { setTimeout: () => near, setKeepAlive: () => near });
  };
  process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] = `http://${HOST}`;
}
