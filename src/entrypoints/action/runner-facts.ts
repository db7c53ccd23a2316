/** What the runner tells a step of its job in the environment: one schema, all problems at once. */
import { z } from 'zod';

/** Facts about the job. All of them are the runner's own, but the event's payload holds text of anybody. */
export interface RunnerFacts {
  repository: { owner: string; name: string };
  runId: number;
  /** 1, unless a person has run it again. */
  runAttempt: number;
  /** Name of the event, such as `workflow_dispatch`. */
  eventName: string;
  /** File with the payload of the event (JSON). */
  eventPath: string | null;
  /** Branch or tag that the run is of; of a dispatched one the default branch. */
  refName: string;
  workflow: string;
  job: string;
  /** Such as `https://github.com`, without a slash at the end. */
  serverUrl: string;
  apiUrl: string;
  /** The run's page. */
  runUrl: string;
  /** Folder that the runner empties for each job. Absolute. */
  tempDir: string;
  /** True on a machine that the forge makes for each job. */
  isHosted: boolean;
}

const text = z.string('is not set');
const address = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));
const positive = text.regex(/^[1-9]\d{0,15}$/, 'is no positive number').transform(Number);

const Variables = z.object({
  GITHUB_REPOSITORY: text.regex(/^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/, "is not of the form 'owner/name'"),
  GITHUB_RUN_ID: positive,
  GITHUB_RUN_ATTEMPT: positive,
  GITHUB_EVENT_NAME: text.min(1),
  GITHUB_EVENT_PATH: z.string().optional(),
  GITHUB_REF_NAME: z.string().default(''),
  GITHUB_WORKFLOW: z.string().default(''),
  GITHUB_JOB: z.string().default(''),
  GITHUB_SERVER_URL: address.default('https://github.com'),
  GITHUB_API_URL: address.default('https://api.github.com'),
  RUNNER_TEMP: text.startsWith('/', 'is no absolute path (only Linux runners are supported)'),
  RUNNER_ENVIRONMENT: z.string().default(''),
});

/** Reads the facts. `problems` has one sentence for each variable that is missing or wrong. */
export function readRunnerFacts(
  env: Readonly<Record<string, string | undefined>>,
): { kind: 'read'; facts: RunnerFacts } | { kind: 'problems'; problems: string[] } {
  const read = Variables.safeParse(env);
  if (!read.success)
    return {
      kind: 'problems',
      problems: read.error.issues.map(
        ({ path, message }) => `The runner's variable ${path.join('.')} ${message}. Run this as a step of a workflow.`,
      ),
    };
  const said = read.data;
  const [owner = '', name = ''] = said.GITHUB_REPOSITORY.split('/');
  return {
    kind: 'read',
    facts: {
      repository: { owner, name },
      runId: said.GITHUB_RUN_ID,
      runAttempt: said.GITHUB_RUN_ATTEMPT,
      eventName: said.GITHUB_EVENT_NAME,
      eventPath: said.GITHUB_EVENT_PATH === undefined || said.GITHUB_EVENT_PATH === '' ? null : said.GITHUB_EVENT_PATH,
      refName: said.GITHUB_REF_NAME,
      workflow: said.GITHUB_WORKFLOW,
      job: said.GITHUB_JOB,
      serverUrl: said.GITHUB_SERVER_URL,
      apiUrl: said.GITHUB_API_URL,
      runUrl: `${said.GITHUB_SERVER_URL}/${owner}/${name}/actions/runs/${said.GITHUB_RUN_ID}`,
      tempDir: said.RUNNER_TEMP,
      isHosted: said.RUNNER_ENVIRONMENT === 'github-hosted',
    },
  };
}
