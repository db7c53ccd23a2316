/** The one comment about what keeps a whole plan from going on until a person acts on the forge's settings. */
import type { ForgeRecord } from '../../ledger/forge-record.ts';
import { sentence, withCommand } from './hosted-words.ts';
import { prose, say } from './markdown.ts';

type Obstacle = NonNullable<ForgeRecord['obstacle']>;

const PERMISSION_HELP =
  'An owner grants permissions under **Settings → GitHub Apps → Configure** of the account that the repository ' +
  'belongs to. A permission that is new to the app waits there to be accepted.';
const JOB_HELP =
  'What the token of a job may do stands under `permissions` in the workflow file. Some things no workflow can be ' +
  'given; for them Espalier takes the token of an app of your own, which the same workflow makes.';
const PULLS_HELP =
  'It stands under **Settings → Actions → General → Workflow permissions**. Where it is greyed out, the organization ' +
  'has switched it off in the settings of its own.';
const WORKFLOW_HELP =
  'The command `espalier init` writes the workflows (`espalier init --check` says what is missing). They belong into ' +
  '`.github/workflows/` on the default branch.';

/** Where a person finds what an obstacle names, by the beginning of its code. */
const HELP: readonly (readonly [prefix: string, help: string])[] = [
  ['setting:pulls', PULLS_HELP],
  ['job-', JOB_HELP],
  ['forbidden', PERMISSION_HELP],
  ['permission', PERMISSION_HELP],
  ['dispatch-forbidden', PERMISSION_HELP],
  ['dispatch-missing', WORKFLOW_HELP],
  ['dispatch-no-trigger', WORKFLOW_HELP],
  ['dispatch-wrong-version', WORKFLOW_HELP],
  ['dispatch-disabled', 'A workflow is enabled in the Actions tab: choose it there, then **Enable workflow**.'],
  ['dispatch-actions-disabled', 'Actions is allowed under **Settings → Actions → General** of the repository.'],
];

/** The comment, without a marker. */
export function renderObstacle({ code, because, next }: Pick<Obstacle, 'code' | 'because' | 'next'>): string {
  const help = HELP.find(([prefix]) => code.startsWith(prefix))?.[1];
  return [
    '## The plan cannot go on',
    prose(sentence(because), 800).markdown,
    say`**What to do:** ${withCommand(next, 800)}`.markdown,
    ...(help === undefined ? [] : [help]),
    'Nothing is lost: what was done stands in the ledger, and work goes on from there.',
  ].join('\n\n');
}
