/** Finds what would make an attempt fail for reasons that are known before anything starts. */
import { describeAgent } from '../../core/agents/describe-agent.ts';
import { renderCommand } from '../../core/agents/prompt.ts';
import type { TaskId } from '../../core/brand.ts';
import type { AgentChoice, Command, ResolvedTask } from '../../core/plan/plan.ts';
import { checkVariable } from '../../core/sandbox/policy.ts';
import { cleanLine } from '../../core/text/clean-text.ts';
import { findPortNameProblem } from '../../core/worktree/port-order.ts';
import type { Sandbox } from '../../ports/sandbox.ts';

/** One problem. An `error` would fail every attempt of the task; a `warning` may. */
export interface AgentProblem {
  severity: 'error' | 'warning';
  /** Tasks that it concerns, in the order of the plan. */
  tasks: TaskId[];
  /** One sentence: what is wrong. */
  message: string;
  /** The exact step that helps. */
  next: string;
}

/** Looks at agents, reviewers, setup and test commands of all tasks. Equal problems of several tasks are one. */
export async function preflightAgents(
  tasks: readonly ResolvedTask[],
  sandbox: Sandbox,
  hostEnv: Readonly<Record<string, string>>,
): Promise<AgentProblem[]> {
  const find = rememberPrograms(sandbox);
  const found = await Promise.all(tasks.map((task) => findTaskProblems(task, { find, sandbox, hostEnv })));
  const merged = new Map<string, AgentProblem>();
  for (const [at, problems] of found.entries()) {
    const task = tasks[at];
    if (task === undefined) continue;
    for (const problem of problems) {
      const key = `${problem.severity}\n${problem.message}\n${problem.next}`;
      const known = merged.get(key);
      if (known === undefined) merged.set(key, { ...problem, tasks: [task.id] });
      else if (!known.tasks.includes(task.id)) known.tasks.push(task.id);
    }
  }
  return [...merged.values()];
}

type Problem = Omit<AgentProblem, 'tasks'>;
type FindProgram = (name: string, profile: ResolvedTask['profile']) => Promise<string | null>;

interface Surroundings {
  find: FindProgram;
  sandbox: Sandbox;
  hostEnv: Readonly<Record<string, string>>;
}

/** Each look is a run of the sandbox, and plans of many tasks name few programs. */
function rememberPrograms(sandbox: Sandbox): FindProgram {
  const known = new Map<string, Promise<string | null>>();
  return (name, profile) => {
    const key = `${profile} ${name}`;
    const answer = known.get(key) ?? sandbox.findProgram(name, profile);
    known.set(key, answer);
    return answer;
  };
}

async function findTaskProblems(task: ResolvedTask, around: Surroundings): Promise<Problem[]> {
  const { reviewer } = task.review;
  const found = await Promise.all([
    checkAgent('agent', task.agent, task, around),
    reviewer === null ? [] : checkAgent('reviewer', reviewer, task, around),
    checkCommands(task, around),
    checkIntakePrograms(task, around),
  ]);
  return [...found.flat(), ...checkNames(task, around.hostEnv), ...checkBudget(task)];
}

async function checkAgent(
  role: string,
  choice: AgentChoice,
  task: ResolvedTask,
  around: Surroundings,
): Promise<Problem[]> {
  const described = describeAgent(choice);
  if (described.kind === 'unknown-preset') {
    const next =
      described.nearest === null ? 'Name a preset, or give a command.' : `Did you mean '${described.nearest}'?`;
    return [error(`There is no ${role} preset '${cleanLine(described.name, 60)}'.`, next)];
  }
  const { description } = described;
  const problems = await checkAgentProgram(role, choice, description.install, task, around);
  if (description.needsNetwork && task.profile === 'strict')
    problems.push(
      error(
        `The ${role} '${description.name}' talks to its model over the network, and the profile 'strict' has none.`,
        'Set `profile: development` for the task, or use a command that works without network.',
      ),
    );
  const usable = description.needsOneOf.filter(
    (name) => task.env.includes(name) && (around.hostEnv[name] ?? '') !== '',
  );
  if (description.needsOneOf.length > 0 && usable.length === 0) {
    const names = description.needsOneOf.join(', ');
    const isSet = description.needsOneOf.find((name) => (around.hostEnv[name] ?? '') !== '');
    const next =
      isSet === undefined
        ? `Set ${description.needsOneOf[0] ?? ''} in the environment and list it under the task's \`env\`.`
        : `${isSet} is set: list it under the task's \`env\`, since nothing else of the environment is handed in.`;
    problems.push(
      error(`The ${role} '${description.name}' has no credential in its sandbox: it needs one of ${names}.`, next),
    );
  }
  return problems;
}

async function checkAgentProgram(
  role: string,
  choice: AgentChoice,
  install: string | null,
  task: ResolvedTask,
  { find, sandbox }: Surroundings,
): Promise<Problem[]> {
  const described = describeAgent(choice);
  const program = described.kind === 'known' ? described.description.program : '';
  // A path within the worktree is looked for by the run itself: only there it exists.
  if (isInWorktree(program) || (await find(program, task.profile)) !== null) return [];
  const where = sandbox.engine === 'none' ? 'on this machine' : `inside of the sandbox (${sandbox.engine})`;
  const next =
    install === null
      ? 'Install it where the sandbox sees it, or correct the command.'
      : `Install it (${install}) where the sandbox sees it: in the image, or in a folder of tools.`;
  return [error(`The program '${cleanLine(program, 100)}' of the ${role} was not found ${where}.`, next)];
}

/** Programs of setup and tests. One that the setup may install cannot be judged before the setup has run. */
async function checkCommands(task: ResolvedTask, { find }: Surroundings): Promise<Problem[]> {
  const check = async (command: Command, kind: string, mayBeInstalled: boolean): Promise<Problem[]> => {
    const program = command[0] ?? '';
    if (isInWorktree(program) || (await find(program, task.profile)) !== null) return [];
    const message = `The program '${cleanLine(program, 100)}' of the ${kind} '${cleanLine(renderCommand(command), 100)}' was not found in the sandbox.`;
    const next = 'Install it where the sandbox sees it, or correct the command.';
    return mayBeInstalled
      ? [{ severity: 'warning', message, next: 'Nothing, if the setup installs it and puts it into PATH.' }]
      : [error(message, next)];
  };
  const found = await Promise.all([
    ...task.setup.map((command, at) => check(command, 'setup command', at > 0)),
    ...task.test.map((command) => check(command, 'test command', task.setup.length > 0)),
  ]);
  return found.flat();
}

async function checkIntakePrograms(task: ResolvedTask, { find }: Surroundings): Promise<Problem[]> {
  const missing: string[] = [];
  for (const program of ['sh', 'git']) if ((await find(program, task.profile)) === null) missing.push(program);
  if (missing.length === 0) return [];
  return [
    error(
      `The sandbox has no ${missing.map((name) => `'${name}'`).join(' and no ')}, with which the agent's changes are taken in.`,
      'Use a root file system or an image that has them.',
    ),
  ];
}

function checkNames(task: ResolvedTask, hostEnv: Readonly<Record<string, string>>): Problem[] {
  const problems: Problem[] = [];
  for (const name of task.env) {
    const shown = cleanLine(name, 60);
    const because = checkVariable(name, hostEnv[name] ?? '');
    if (because !== null)
      problems.push(
        error(`The variable '${shown}' cannot be handed in: ${because}.`, "Take it out of the task's `env`."),
      );
    else if (!Object.hasOwn(hostEnv, name))
      problems.push({
        severity: 'warning',
        message: `The variable '${shown}' of \`env\` is not set.`,
        next: `Set ${shown}, or take it out of \`env\`.`,
      });
  }
  for (const name of task.ports) {
    const because = findPortNameProblem(name);
    if (because !== null)
      problems.push(
        error(`'${cleanLine(name, 60)}' cannot name a port: ${because}.`, "Choose another name in the task's `ports`."),
      );
  }
  return problems;
}

function checkBudget(task: ResolvedTask): Problem[] {
  const described = describeAgent(task.agent);
  if (task.budgetUsd === null || described.kind !== 'known' || described.description.holdsBudget) return [];
  return [
    {
      severity: 'warning',
      message: `The agent '${described.description.name}' does not stop by itself at a budget.`,
      next:
        task.agent.kind === 'preset'
          ? 'It reports no cost, so each attempt counts as its whole budget and gets one round only.'
          : 'Let it write its cost to $ESPALIER_USAGE_FILE; otherwise each attempt counts as its whole budget and gets one round only.',
    },
  ];
}

/** `./agent.sh` or `tools/agent`: relative to the worktree. */
function isInWorktree(program: string): boolean {
  return program.includes('/') && !program.startsWith('/');
}

function error(message: string, next: string): Problem {
  return { severity: 'error', message, next };
}
