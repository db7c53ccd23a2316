/** The one comment about what keeps a whole plan from going on until a person acts on the forge's settings. */
import type { ForgeRecord } from '../../ledger/forge-record.ts';
import { sentence, withCommand } from './hosted-words.ts';
import { md, prose } from './markdown.ts';

/** Where a person finds what an obstacle names, by its code. */
const WHERE: Readonly<Record<string, string>> = {
  'dispatch-missing': 'The command `espalier init` writes the workflow file; it has to stand on the default branch.',
  'dispatch-disabled':
    'A disabled workflow is enabled again in the Actions tab: choose it there, then **Enable workflow**.',
  'dispatch-actions-disabled': 'Actions is allowed under **Settings → Actions → General** of the repository.',
  'dispatch-no-trigger': 'The command `espalier init` writes the workflow file as this app needs it.',
  'dispatch-wrong-version': 'The command `espalier init` writes the workflow file as this app needs it.',
  'dispatch-forbidden':
    'An owner grants permissions under **Settings → GitHub Apps → Configure** of the account that the repository ' +
    'belongs to. A permission that is new to the app waits there to be accepted.',
};

/** The comment about an obstacle, without a marker. */
export function renderObstacle(obstacle: NonNullable<ForgeRecord['obstacle']>): string {
  const where = WHERE[obstacle.code];
  return [
    '## The plan cannot go on',
    prose(sentence(obstacle.because), 800).markdown,
    md`**What to do:** ${withCommand(obstacle.next, 800)}`.markdown,
    ...(where === undefined ? [] : [where]),
    'Nothing is lost: what was done stands in the ledger, and work goes on from there.',
  ].join('\n\n');
}
