/** What keeps a whole plan from going on until a person acts on the forge's settings: what it is, and how it is mended. */
import type { EffectOutcome } from '../../hosted/effect.ts';
import type { ForgeRecord } from '../../ledger/forge-record.ts';
import { cleanLine } from '../../text/clean-text.ts';
import { sentence, withCommand } from './hosted-words.ts';
import { prose, say } from './markdown.ts';

type Obstacle = NonNullable<ForgeRecord['obstacle']>;

/** The obstacle that a missing permission is, as plain text for the record. */
export function obstacleOf({
  permission,
  because,
}: Extract<EffectOutcome, { kind: 'forbidden' }>): Omit<Obstacle, 'at'> {
  const found = cleanLine(because, 300);
  const again = 'then give the command /espalier run';
  if (permission === null)
    return {
      code: 'forbidden',
      because: `the forge forbids what the plan needs: ${found}`,
      next: `look at the permissions of the app and the rules of the repository, ${again}`,
    };
  const name = cleanLine(permission, 60);
  return {
    code: `permission ${name}`,
    because: `the app lacks the permission \`${name}\` in this repository: ${found}`,
    next: `let an owner grant it, ${again}`,
  };
}

const PERMISSION_HELP =
  'An owner grants permissions under **Settings → GitHub Apps → Configure** of the account that the repository ' +
  'belongs to. A permission that is new to the app waits there to be accepted.';
const WORKFLOW_HELP = 'The command `espalier init` writes the workflow file as this app needs it.';

/** Where a person finds what an obstacle names, by the beginning of its code. */
const HELP: readonly (readonly [prefix: string, help: string])[] = [
  ['forbidden', PERMISSION_HELP],
  ['permission', PERMISSION_HELP],
  ['dispatch-forbidden', PERMISSION_HELP],
  ['dispatch-missing', WORKFLOW_HELP],
  ['dispatch-no-trigger', WORKFLOW_HELP],
  ['dispatch-wrong-version', WORKFLOW_HELP],
  ['dispatch-disabled', 'A workflow is enabled in the Actions tab: choose it there, then **Enable workflow**.'],
  ['dispatch-actions-disabled', 'Actions is allowed under **Settings → Actions → General** of the repository.'],
];

/** The one comment about an obstacle, without a marker. */
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
