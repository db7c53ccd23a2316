/**
 * The only place that composes the environment of a git process. Everything of the caller that begins with GIT_ is
 * dropped, so that no variable can aim git at another repository, program or configuration.
 */

/** Environment of the process that opens git: at least `PATH`, for the user's own configuration also `HOME`. */
export type CallerEnv = Readonly<Record<string, string | undefined>>;

/**
 * Whose configuration a git process reads.
 * `none`: that of the git directory that it is given, and nothing else.
 * `user`: the user's own too (system, global), for what git does in the user's own checkout.
 */
export type ConfigScope = 'none' | 'user';

/** Settings that hold in every git process on the host, above any configuration file. */
const ALWAYS: readonly (readonly [string, string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.untrackedCache', 'keep'],
  ['core.protectHFS', 'true'],
  ['core.protectNTFS', 'true'],
  // Another process may hold a branch for a moment: wait for its lock (ms) before giving up.
  ['core.filesRefLockTimeout', '1500'],
  ['core.packedRefsTimeout', '1500'],
  ['protocol.allow', 'never'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['submodule.recurse', 'false'],
  ['advice.detachedHead', 'false'],
  ['advice.addEmbeddedRepo', 'false'],
  // Hooks that newer git reads from the configuration instead of a folder.
  ['hook.post-checkout.enabled', 'false'],
  ['hook.post-index-change.enabled', 'false'],
  ['hook.reference-transaction.enabled', 'false'],
];

/** Git has accepted the repository as the user's before anything else is run (see open-git.ts). */
const TRUST: readonly (readonly [string, string])[] = [['safe.directory', '*']];

/** On top of {@link ALWAYS} where no configuration of the user may count: the defaults under HOME are files too. */
const WITHOUT_USER: readonly (readonly [string, string])[] = [
  ['core.attributesFile', '/dev/null'],
  ['core.excludesFile', '/dev/null'],
  ['core.symlinks', 'true'],
  ['core.autocrlf', 'false'],
  ['commit.gpgSign', 'false'],
];

const FIXED: Readonly<Record<string, string>> = {
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: 'true',
  SSH_ASKPASS: 'true',
  GIT_EDITOR: 'true',
  GIT_PAGER: 'cat',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_NO_LAZY_FETCH: '1',
  GIT_OPTIONAL_LOCKS: '0',
  // Reflog entries want a name; without one git asks the network for the name of the host.
  GIT_COMMITTER_NAME: 'Espalier',
  GIT_COMMITTER_EMAIL: 'espalier@localhost',
};

const WITHOUT_USER_FIXED: Readonly<Record<string, string>> = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
};

/** What a process without the user's configuration inherits. */
const PLAIN_NAMES = ['PATH', 'HOME', 'TMPDIR'];

/**
 * The whole environment of one git process. `settings` are configuration entries (`core.x`, value) on top of those
 * that always hold; `variables` are GIT_ variables that say where it works.
 */
export function composeGitEnv(options: {
  caller: CallerEnv;
  scope: ConfigScope;
  settings?: readonly (readonly [string, string])[];
  variables?: Readonly<Record<string, string>>;
  /** `false` while it is still git's and the user's question whether a repository may be trusted. */
  trustsOwner?: boolean;
}): Record<string, string> {
  const isolated = options.scope === 'none';
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.caller)) {
    if (value === undefined || name.startsWith('GIT_')) continue;
    if (!isolated || PLAIN_NAMES.includes(name)) env[name] = value;
  }
  Object.assign(env, FIXED, isolated ? WITHOUT_USER_FIXED : {});
  const settings = [
    ...ALWAYS,
    ...(options.trustsOwner === false ? [] : TRUST),
    ...(isolated ? WITHOUT_USER : []),
    ...(options.settings ?? []),
  ];
  Object.assign(env, asConfigVariables(settings));
  return Object.assign(env, options.variables);
}

/** Configuration entries as the variables by which git takes them, above every configuration file. */
function asConfigVariables(settings: readonly (readonly [string, string])[]): Record<string, string> {
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: String(settings.length) };
  settings.forEach(([key, value], position) => {
    variables[`GIT_CONFIG_KEY_${position}`] = key;
    variables[`GIT_CONFIG_VALUE_${position}`] = value;
  });
  return variables;
}

/**
 * Environment for git inside a sandbox: the git directory's own configuration only, and no owner check, since a
 * sandbox may map the user to another number.
 */
export const SANDBOX_GIT_ENV: Readonly<Record<string, string>> = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  ...asConfigVariables([
    ['safe.directory', '*'],
    ['core.attributesFile', '/dev/null'],
    ['core.excludesFile', '/dev/null'],
    ['core.fsmonitor', 'false'],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
  ]),
};
