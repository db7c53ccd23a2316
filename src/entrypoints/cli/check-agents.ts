/** Finds before anything starts what a run would otherwise fail on: missing programs, networks and credentials. */
import { describeAgent } from '../../core/agents/describe-agent.ts';
import type { AgentChoice, Profile, ResolvedPlan, ResolvedTask } from '../../core/plan/plan.ts';
import { countOf } from '../../core/report/amounts.ts';
import { line, span } from '../../core/report/spans.ts';
import type { Sandbox } from '../../ports/sandbox.ts';
import { CliError } from './cli-error.ts';
import type { Session } from './session.ts';

interface Obstacle {
  because: string;
  next: string;
}

/** Refuses a plan whose agents, reviewers or commands could not run in the sandbox; names all obstacles at once. */
export async function checkAgents(session: Session, run: { plan: ResolvedPlan; sandbox: Sandbox }): Promise<void> {
  const obstacles = new Map<string, Obstacle>();
  for (const task of run.plan.tasks)
    for (const obstacle of await findObstacles(session, run.sandbox, task)) obstacles.set(obstacle.because, obstacle);
  if (obstacles.size === 0) return;
  for (const { because, next } of obstacles.values())
    session.err.print([[span('not ready: ', 'bad'), span(because)], line(`  next: ${next}`, 'dim')]);
  throw new CliError('unfit', `The plan cannot run here: ${countOf(obstacles.size, 'thing')} missing.`, {
    next: 'put right what is listed above; nothing was started',
  });
}

async function findObstacles(session: Session, sandbox: Sandbox, task: ResolvedTask): Promise<Obstacle[]> {
  const obstacles: Obstacle[] = [];
  for (const [role, choice] of [
    ['agent', task.agent],
    ['reviewer', task.review.reviewer],
  ] as const)
    if (choice !== null) obstacles.push(...(await findAgentObstacles(session, sandbox, task, { role, choice })));
  // Setup may install what the tests call, so that nothing can be known of them then.
  const commands = task.setup.length > 0 ? task.setup.slice(0, 1) : task.test;
  for (const [program = ''] of commands) {
    if (await isThere(sandbox, program, task.profile)) continue;
    obstacles.push({
      because: `program '${program}' is not found in the sandbox (${sandbox.engine})`,
      next: `install it, name its folder with --tools, or add a setup command that installs it`,
    });
  }
  return obstacles;
}

async function findAgentObstacles(
  session: Session,
  sandbox: Sandbox,
  task: ResolvedTask,
  { role, choice }: { role: 'agent' | 'reviewer'; choice: AgentChoice },
): Promise<Obstacle[]> {
  const described = describeAgent(choice);
  if (described.kind === 'unknown-preset')
    return [
      {
        because: `there is no ${role} '${described.name}'`,
        next: described.nearest === null ? "name a preset, or 'command: …'" : `did you mean '${described.nearest}'?`,
      },
    ];
  const { name, program, install, needsNetwork, needsOneOf } = described.description;
  const obstacles: Obstacle[] = [];
  if (!(await isThere(sandbox, program, task.profile)))
    obstacles.push({
      because: `${role} '${name}' is not found in the sandbox (${sandbox.engine})`,
      next: install ?? 'install it, or name its folder with --tools',
    });
  if (needsNetwork && task.profile === 'strict' && sandbox.engine !== 'none')
    obstacles.push({
      because: `${role} '${name}' needs the network, which profile 'strict' never has`,
      next: '--profile development (agents and setup then have the network; tests never do)',
    });
  const isGiven = needsOneOf.some(
    (variable) => task.env.includes(variable) && session.input.env[variable] !== undefined,
  );
  if (needsOneOf.length > 0 && !isGiven) obstacles.push(explainCredential(session, task, name, needsOneOf));
  return obstacles;
}

function explainCredential(session: Session, task: ResolvedTask, name: string, wanted: readonly string[]): Obstacle {
  const list = wanted.join(' or ');
  const isSet = wanted.some((variable) => (session.input.env[variable] ?? '') !== '');
  return {
    because: `'${name}' is handed no credential: the 'env' of task '${task.id}' ${isSet ? 'does not name' : 'needs'} ${list}`,
    next: isSet
      ? `add it to the plan: 'defaults: {env: [${wanted[0] ?? ''}]}'`
      : `set ${wanted[0] ?? ''}, and name it under 'env' in the plan`,
  };
}

/** A path inside of the worktree cannot be looked up before there is one. */
async function isThere(sandbox: Sandbox, program: string, profile: Profile): Promise<boolean> {
  if (program.includes('/') && !program.startsWith('/')) return true;
  return (await sandbox.findProgram(program, profile)) !== null;
}
