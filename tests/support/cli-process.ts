/** The command line as processes of their own, from one bundle: under another user, killed, or measured. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';

import { build } from 'esbuild';

const ENTRY = path.resolve(import.meta.dirname, '../../src/entrypoints/cli.ts');
const BANNER = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);
if (process.env.TEST_MEASURES_MEMORY) process.on('exit', () => {
  require('node:fs').writeSync(2, '\\npeak memory ' + process.resourceUsage().maxRSS + ' KiB\\n');
});`;

/** What a test says of one invocation. */
export interface CliProcessOptions {
  cwd: string;
  env: Readonly<Record<string, string>>;
  stdin?: string;
  /** Number of the user and the group to run as, without any other group; only root may say one. */
  uid?: number;
  /** Programs that are not there for it (absolute paths); only root may say some. */
  hidden?: readonly string[];
  /** Called with everything on standard error so far, whenever there is more. */
  onStderr?: (all: string, child: ChildProcess) => void;
}

/** How an invocation ended. */
export interface CliProcessResult {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
  /** Most memory that the process itself held, in KiB; `null` if it was killed. */
  peakKib: number | null;
}

/** Puts the command line into one file, which starts in a third of the time of its sources. */
export async function bundleCli(outfile: string): Promise<void> {
  await build({
    entryPoints: [ENTRY],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: BANNER },
    logLevel: 'error',
  });
}

/** In a mount namespace of its own, what is hidden becomes a device, which is no program. */
function hide(paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const script =
    'while [ "$1" != -- ]; do [ ! -e "$1" ] || mount --bind /dev/null "$1" || exit 99; shift; done; shift; exec "$@"';
  return ['unshare', '--mount', '--', 'sh', '-c', script, 'sh', ...paths, '--'];
}

/** Runs the bundle at `program` with these arguments to its end. */
export function runCliProcess(
  program: string,
  args: readonly string[],
  options: CliProcessOptions,
): Promise<CliProcessResult> {
  const { uid } = options;
  const user = uid === undefined ? [] : ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--'];
  const [file = '', ...argv] = [...hide(options.hidden ?? []), ...user, process.execPath, program, ...args];
  return new Promise((resolve, reject) => {
    const child = spawn(file, argv, {
      cwd: options.cwd,
      env: { ...options.env, TEST_MEASURES_MEMORY: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      options.onStderr?.(stderr, child);
    });
    child.stdin.on('error', () => {});
    child.stdin.end(options.stdin ?? '');
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const peak = /^peak memory (\d+) KiB$/m.exec(stderr)?.[1];
      resolve({ code, signal, stdout, stderr, peakKib: peak === undefined ? null : Number(peak) });
    });
  });
}

/**
 * Living processes that belong to a word: it is in their command line, their environment or the path of their
 * working directory. As `PID COMMAND`, without this process.
 */
export async function findProcessesOf(word: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const [line, environment, cwd] = await Promise.all([
        readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => ''),
        readFile(`/proc/${pid}/environ`, 'latin1').catch(() => ''),
        readlink(`/proc/${pid}/cwd`).catch(() => ''),
      ]);
      const isOf = [line, environment, cwd].some((text) => text.includes(word));
      return isOf ? `${pid} ${line.replaceAll('\0', ' ')}` : null;
    }),
  );
  return found.filter((each) => each !== null);
}
