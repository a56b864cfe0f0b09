import { readFileSync } from 'node:fs';
import type { Stack } from 'aws-cdk-lib';
import { TextWidget } from 'aws-cdk-lib/aws-cloudwatch';

const FULL_WIDTH = 24;

/** Source: CloudWatch API reference, "Dashboard body structure": the grid counts in units, of which a line of text takes about half. */
const LINES_PER_UNIT = 1.7;
const LONGEST_WIDGET = 30;

/** What the runbook asks the reader to paste with other names. */
const EXAMPLE = 'export STACK=ValenceForwarder AWS_REGION=eu-west-1 OUTPUTS=';

/** Parts of a document from each heading of the second and third level on. */
const sectionsOf = (markdown: string): string[] => markdown.split(/^(?=#{2,3} )/m);

/** A text of which each link within the repository is only its words: on the dashboard it would lead nowhere. */
const withoutPaths = (markdown: string): string =>
  markdown.replaceAll(/\[([^\]]+)\]\((?!https:)[^)]+\)/g, '$1');

const heightOf = (text: string): number =>
  Math.min(LONGEST_WIDGET, 1 + Math.ceil(text.split('\n').length / LINES_PER_UNIT));

/**
 * The runbook as widgets, one for each section, so that alarms can refer to it before the project has an address. Its commands name the stack.
 * @param outputPrefix what the keys of the outputs begin with
 */
export function runbookWidgets({ stackName, region }: Stack, outputPrefix = ''): TextWidget[] {
  const text = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
  const here = text.replace(
    EXAMPLE,
    `export STACK=${stackName} AWS_REGION=${region} OUTPUTS=${outputPrefix}`,
  );
  return sectionsOf(withoutPaths(here))
    .map((section) => section.trim())
    .filter((section) => section.includes('\n'))
    .map((markdown) => new TextWidget({ markdown, width: FULL_WIDTH, height: heightOf(markdown) }));
}
