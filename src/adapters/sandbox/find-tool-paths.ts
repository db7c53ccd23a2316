/** Which of the host's folders sandboxes may read so that the programs of a plan are found there. */
import { access, constants, realpath } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { describeAgent } from '../../core/agents/describe-agent.ts';
import type { AgentChoice, ResolvedPlan } from '../../core/plan/plan.ts';
import { findToolFolders } from '../../core/sandbox/tool-paths.ts';

/**
 * Folders of the programs that the plan names, of Node, and those that the person named (`said`, real paths). Programs
 * are only looked for by name in the person's own PATH: a path in a plan opens no folder.
 */
export async function findToolPaths(options: {
  plan: ResolvedPlan;
  node: string;
  searchPath: string;
  said: readonly string[];
}): Promise<string[]> {
  const homeDir = os.homedir();
  const found = [...options.said];
  const programs = [options.node];
  for (const name of namedPrograms(options.plan)) {
    const program = await findInPath(name, options.searchPath);
    if (program !== null) programs.push(program);
  }
  for (const program of programs)
    found.push(...findToolFolders({ path: program, realPath: await realpath(program) }, homeDir));
  return [...new Set(found)];
}

/** Programs that the plan's agents, reviewers and commands call by a bare name. */
function namedPrograms(plan: ResolvedPlan): Set<string> {
  const choices = plan.tasks.flatMap((task): (AgentChoice | null)[] => [task.agent, task.review.reviewer]);
  const commands = [...plan.final, ...plan.tasks.flatMap((task) => [...task.setup, ...task.test])];
  const names = [
    ...choices.flatMap((choice) => {
      const described = choice === null ? null : describeAgent(choice);
      return described?.kind === 'known' ? [described.description.program] : [];
    }),
    ...commands.flatMap((command) => command[0] ?? []),
  ];
  return new Set(names.filter((name) => name !== '' && !name.includes('/')));
}

/** Path of a program that `searchPath` leads to; `null` if there is none. Relative entries are passed over. */
export async function findInPath(name: string, searchPath: string): Promise<string | null> {
  for (const folder of searchPath.split(path.delimiter)) {
    if (!path.isAbsolute(folder)) continue;
    const file = path.join(folder, name);
    const isProgram = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isProgram) return file;
  }
  return null;
}
