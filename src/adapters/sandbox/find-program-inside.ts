/** Finds a program as a run would see it, by a run that looks. */
import { randomUUID } from 'node:crypto';

import type { Profile } from '../../core/plan/plan.ts';
import type { Sandbox } from '../../ports/sandbox.ts';

// Constant text; the name is an argument. `command -v` would also answer with the shell's own words.
const LOOK = `case $1 in /*) [ -f "$1" ] && [ -x "$1" ] && printf %s "$1" && exit 0; exit 1;; esac
IFS=:; for folder in $PATH; do
  if [ -f "$folder/$1" ] && [ -x "$folder/$1" ]; then printf %s "$folder/$1"; exit 0; fi
done; exit 1`;

const WITHIN_MS = 20_000;

/** Absolute path inside, or `null`. An image without /bin/sh has no answer, which counts as absent. */
export async function findProgramInside(sandbox: Sandbox, name: string, profile: Profile): Promise<string | null> {
  if (!/^(?:\/[^\0]*|[A-Za-z0-9_][A-Za-z0-9_.+@-]*)$/.test(name)) return null;
  const chunks: Uint8Array[] = [];
  const exit = await sandbox.run({
    name: `find-${randomUUID()}`,
    profile,
    resources: 'small',
    network: 'none',
    command: ['/bin/sh', '-c', LOOK, 'sh', name],
    workdir: '/',
    mounts: [],
    env: {},
    stdin: null,
    timeoutMs: WITHIN_MS,
    outputLimitBytes: 8192,
    onStdout: (chunk) => void chunks.push(chunk),
  });
  const path = Buffer.concat(chunks).toString('utf8');
  return exit.status === 'exited' && exit.exitCode === 0 && path.startsWith('/') ? path : null;
}
