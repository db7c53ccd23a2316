/** What decides the text of the files that `espalier init` writes. */
import { isObjectName } from '../ids.ts';
import type { Checked } from '../ids.ts';
import type { PinnedAction } from './pinned-actions.ts';

/** Who reconciles: a GitHub App on a server, or the workflows themselves. */
export const SETUP_VARIANTS = ['app', 'serverless'] as const;
export type SetupVariant = (typeof SETUP_VARIANTS)[number];

/** Where the workflows take the Action from: a commit of its repository, or the repository that they stand in. */
export type ActionSource = ({ kind: 'published' } & PinnedAction) | { kind: 'own' };

/** How an agent comes onto a runner, and how its key is called. */
export interface AgentSetup {
  /** Exact npm package with its version; `null` if the agent is the repository's own program. */
  npmPackage: string | null;
  /** Variable, and secret of the repository, that holds the key; `null` if it needs none. */
  keyName: string | null;
}

/** Agents that `init` knows; `command` is any program of one's own. A test holds the names to the presets. */
export const AGENT_SETUPS = {
  claude: { npmPackage: '@anthropic-ai/claude-code@2.1.330', keyName: 'ANTHROPIC_API_KEY' },
  codex: { npmPackage: '@openai/codex@0.169.0', keyName: 'OPENAI_API_KEY' },
  command: { npmPackage: null, keyName: null },
} as const satisfies Readonly<Record<string, AgentSetup>>;
export type AgentName = keyof typeof AGENT_SETUPS;
export const AGENT_NAMES = Object.keys(AGENT_SETUPS) as readonly AgentName[];

/** All that the files depend on. */
export interface SetupOptions {
  /** Version of Espalier that writes. */
  version: string;
  variant: SetupVariant;
  action: ActionSource;
  agent: AgentName;
  /** Variable and secret of the agent's key, where it is not the agent's usual one. */
  keyName: string | null;
  /** Names of the repository's own workflows whose end is news, in their order. Text of any kind. */
  ciNames: readonly string[];
  /** Branch that trusted code is taken from. */
  defaultBranch: string;
  /** What the configuration proposes, read out of the repository's files. */
  commands: GuessedCommands;
}

/** A command and the file that it was read out of. */
export interface GuessedCommand {
  command: string;
  from: string;
}

/** Commands that a repository seems to have; `null` where nothing tells. */
export interface GuessedCommands {
  setup: GuessedCommand | null;
  test: GuessedCommand | null;
}

/** Name of the variable and secret with the agent's key; `null` if there is none. */
export function keyNameOf({ agent, keyName }: Pick<SetupOptions, 'agent' | 'keyName'>): string | null {
  return keyName ?? AGENT_SETUPS[agent].keyName;
}

/** Reads a name that may be a secret of GitHub and a variable of an environment; GitHub keeps `GITHUB_` for itself. */
export function readKeyName(text: string): Checked<string> {
  const isFit = /^[A-Z][A-Z0-9_]{0,99}$/.test(text) && !/^(?:GITHUB|ACTIONS|RUNNER|INPUT)_/.test(text);
  return isFit
    ? { ok: true, value: text }
    : { ok: false, because: 'a key is named like ANTHROPIC_API_KEY: capitals, digits, underscores; not GITHUB_…' };
}

/** Reads the commit of the Action. */
export function readActionSha(text: string): Checked<string> {
  return isObjectName(text) && text.length === 40
    ? { ok: true, value: text }
    : { ok: false, because: 'the commit of the Action is a full SHA of 40 hex digits, not a tag or a branch' };
}

const REPOSITORY_URL =
  /^(?:git\+)?https:\/\/github\.com\/([A-Za-z0-9][A-Za-z0-9-]{0,38})\/([A-Za-z0-9._-]{1,100}?)(?:\.git)?$/;

/** The coordinates `owner/name` in the `repository` of a package.json; `null` if it names none on GitHub. */
export function readCoordinates(manifest: unknown): string | null {
  const repository = (manifest as { repository?: unknown } | null)?.repository;
  const url = typeof repository === 'string' ? repository : (repository as { url?: unknown } | undefined)?.url;
  const [, owner, name] = typeof url === 'string' ? (REPOSITORY_URL.exec(url) ?? []) : [];
  return owner === undefined || name === undefined || name === '.' || name === '..' ? null : `${owner}/${name}`;
}
