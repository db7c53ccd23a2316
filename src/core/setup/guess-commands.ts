/** What a repository's files say about how it is set up and tested. A guess, which the configuration shows as such. */
import type { GuessedCommand, GuessedCommands } from './setup-options.ts';

/** Files at the top of the repository that are looked at; their texts decide, a missing one is left out. */
export const TELLING_FILES = [
  'package.json',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
  'Makefile',
  'Cargo.toml',
  'go.mod',
  'pyproject.toml',
  'requirements.txt',
  'uv.lock',
  'Gemfile',
  'pom.xml',
  'gradlew',
] as const;
type TellingFile = (typeof TELLING_FILES)[number];

/** Text of each file that is there. */
export type TellingTexts = Readonly<Partial<Record<TellingFile, string>>>;

/** The first of them that is there decides how packages are installed, and which program runs scripts. */
const NODE_LOCKS: readonly (readonly [TellingFile, string, string])[] = [
  ['pnpm-lock.yaml', 'pnpm install --frozen-lockfile', 'pnpm test'],
  ['yarn.lock', 'yarn install --immutable', 'yarn test'],
  ['bun.lock', 'bun install --frozen-lockfile', 'bun run test'],
  ['package-lock.json', 'npm ci', 'npm test'],
  ['npm-shrinkwrap.json', 'npm ci', 'npm test'],
];

/** What `npm init` writes where there are no tests. */
const NO_TESTS = /no test specified/;

/** Guesses both commands. */
export function guessCommands(texts: TellingTexts): GuessedCommands {
  return { setup: guessSetup(texts), test: guessTest(texts) };
}

function guessSetup(texts: TellingTexts): GuessedCommand | null {
  if (texts['package.json'] !== undefined) {
    const lock = NODE_LOCKS.find(([file]) => texts[file] !== undefined);
    return lock === undefined ? { command: 'npm install', from: 'package.json' } : { command: lock[1], from: lock[0] };
  }
  if (texts['uv.lock'] !== undefined) return { command: 'uv sync --locked', from: 'uv.lock' };
  if (texts['requirements.txt'] !== undefined)
    return { command: 'pip install -r requirements.txt', from: 'requirements.txt' };
  if (texts['Cargo.toml'] !== undefined) return { command: 'cargo fetch', from: 'Cargo.toml' };
  if (texts['go.mod'] !== undefined) return { command: 'go mod download', from: 'go.mod' };
  if (texts['Gemfile'] !== undefined) return { command: 'bundle install', from: 'Gemfile' };
  return null;
}

function guessTest(texts: TellingTexts): GuessedCommand | null {
  if (hasTestScript(texts['package.json'] ?? '')) {
    const lock = NODE_LOCKS.find(([file]) => texts[file] !== undefined);
    return { command: lock?.[2] ?? 'npm test', from: 'package.json' };
  }
  // The first target that checks things, whatever language is behind it.
  const target = /^(test|check)[ \t]*:(?!=)/m.exec(texts['Makefile'] ?? '')?.[1];
  if (target !== undefined) return { command: `make ${target}`, from: 'Makefile' };
  if (texts['Cargo.toml'] !== undefined) return { command: 'cargo test', from: 'Cargo.toml' };
  if (texts['go.mod'] !== undefined) return { command: 'go test ./...', from: 'go.mod' };
  if (/\bpytest\b/.test(texts['pyproject.toml'] ?? '')) {
    const run = texts['uv.lock'] === undefined ? 'python -m pytest' : 'uv run pytest';
    return { command: run, from: 'pyproject.toml' };
  }
  if (texts['pom.xml'] !== undefined) return { command: 'mvn --batch-mode test', from: 'pom.xml' };
  if (texts['gradlew'] !== undefined) return { command: './gradlew test', from: 'gradlew' };
  return null;
}

function hasTestScript(manifest: string): boolean {
  try {
    const test = (JSON.parse(manifest) as { scripts?: { test?: unknown } } | null)?.scripts?.test;
    return typeof test === 'string' && test !== '' && !NO_TESTS.test(test);
  } catch {
    return false;
  }
}
