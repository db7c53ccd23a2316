/** `espalier pause` and `espalier resume`: hold a plan, and let it go on. */
import type { Command } from 'commander';

import { pauseOrResume } from './change-plan.ts';
import { addExamples } from './help.ts';
import type { Session } from './session.ts';

/** Adds `pause [PLAN]`. */
export function addPauseCommand(program: Command, session: Session): void {
  const command = program
    .command('pause')
    .summary('start nothing more of a plan')
    .description('Holds a plan: attempts that run go on to their end, but nothing is started and nothing lands.')
    .argument('[plan]', 'id or file of the plan; may be left out where there is only one')
    .action(async (plan: string | undefined) => pauseOrResume(session, 'pause', plan ?? null));
  addExamples(command, [['espalier pause my-plan', 'hold my-plan until espalier resume my-plan']]);
}

/** Adds `resume [PLAN]`. */
export function addResumeCommand(program: Command, session: Session): void {
  const command = program
    .command('resume')
    .summary('let a paused plan go on')
    .description(
      'Takes back a pause. Where the landing branch is frozen because what landed is not what was tested, it shows ' +
        'why and lets landings go on. A run that is at work goes on at once; otherwise the next espalier run does.',
    )
    .argument('[plan]', 'id or file of the plan; may be left out where there is only one')
    .action(async (plan: string | undefined) => pauseOrResume(session, 'resume', plan ?? null));
  addExamples(command, [['espalier resume my-plan', 'let my-plan go on']]);
}
