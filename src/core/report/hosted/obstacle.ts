/** What keeps a whole plan from going on until a person acts on the forge's settings: what it is, and how it is mended. */
import type { EffectOutcome } from '../../hosted/effect.ts';
import type { ForgeRecord } from '../../ledger/forge-record.ts';
import { cleanLine } from '../../text/clean-text.ts';
import { sentence, withCommand } from './hosted-words.ts';
import { md, prose } from './markdown.ts';

type Obstacle = Omit<NonNullable<ForgeRecord['obstacle']>, 'at'>;
type NoWorkflow = Extract<EffectOutcome, { kind: 'no-workflow' }>;

/** Names that an obstacle's text needs. */
export interface ForgeNames {
  /** File name of the workflow, and the branch that it has to stand on. */
  workflow: string;
  defaultBranch: string;
}

/** The obstacle that an outcome is; plain text, as the record keeps it. */
export function obstacleOf(
  outcome: NoWorkflow | Extract<EffectOutcome, { kind: 'forbidden' }>,
  names: ForgeNames,
): Obstacle {
  if (outcome.kind === 'no-workflow') return workflowObstacle(outcome, names);
  const { permission, because } = outcome;
  if (permission === null)
    return {
      code: 'forbidden',
      because: `the forge forbids it: ${cleanLine(because, 300)}`,
      next: 'look at the permissions of the app and the rules of the repository, then give the command /espalier run',
    };
  return {
    code: `permission:${cleanLine(permission, 60)}`,
    because: `the app lacks the permission '${cleanLine(permission, 60)}' in this repository: ${cleanLine(because, 300)}`,
    next:
      'let an owner grant it under Settings, GitHub Apps, Configure (a permission that is new to the app is accepted ' +
      'there too), then give the command /espalier run',
  };
}

function workflowObstacle({ code, because }: NoWorkflow, { workflow, defaultBranch }: ForgeNames): Obstacle {
  const file = `.github/workflows/${cleanLine(workflow, 100)}`;
  const branch = cleanLine(defaultBranch, 100);
  const detail = because === '' ? '' : `: ${cleanLine(because, 300)}`;
  const again = 'then give the command /espalier run';
  switch (code) {
    case 'missing':
      return {
        code,
        because: `the workflow file ${file} is not on the branch '${branch}', so no work can be started`,
        next: `add it there ('espalier init' writes it), ${again}`,
      };
    case 'disabled':
      return {
        code,
        because: `the workflow ${file} is disabled`,
        next: `enable it in the Actions tab, ${again}`,
      };
    case 'actions-disabled':
      return {
        code,
        because: 'Actions is disabled in this repository, so no work can be started',
        next: `enable it under Settings, Actions, General, ${again}`,
      };
    case 'no-trigger':
      return {
        code,
        because: `the workflow ${file} cannot be dispatched${detail}`,
        next: `bring it up to date ('espalier init' writes it), ${again}`,
      };
    case 'wrong-version':
      return {
        code,
        because: `the workflow ${file} is of a version that does not fit this app${detail}`,
        next: `bring it up to date ('espalier init' writes it), ${again}`,
      };
  }
}

/** The one comment about an obstacle. */
export function renderObstacle({ because, next }: Pick<Obstacle, 'because' | 'next'>): string {
  return md`## The plan cannot go on

${prose(sentence(because), 800)}

**What to do:** ${withCommand(next, 800)}

Nothing is lost: what was done stands in the ledger, and work goes on from there.`.markdown;
}
