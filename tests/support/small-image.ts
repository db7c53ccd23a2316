/** Small images for container engines, made of programs of this machine: no registry is asked. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const BUSYBOX = '/bin/busybox';
const APPLETS = [
  'sh',
  'cat',
  'cmp',
  'echo',
  'env',
  'false',
  'grep',
  'id',
  'ls',
  'mkdir',
  'printf',
  'rm',
  'test',
  'touch',
];

/** Why no image can be made here, or `null`. */
export function explainNoImage(): string | null {
  const said = spawnSync(BUSYBOX, ['true'], { stdio: 'ignore' });
  return said.status === 0 ? null : `${BUSYBOX} is not there (sudo apt-get install -y busybox-static)`;
}

/** Imports an image with a shell, git and these files into an engine that `env` leads to. */
export function importSmallImage(
  engine: 'docker' | 'podman',
  env: Readonly<Record<string, string | undefined>>,
  image: { name: string; files: Readonly<Record<string, string>> },
): void {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'esp-image-'));
  try {
    for (const folder of ['bin', 'etc', 'tmp', 'proc', 'sys', 'dev', 'run', 'home', 'var'])
      mkdirSync(join(root, folder), { recursive: true });
    chmodSync(join(root, 'tmp'), 0o1777);
    copyWithLibraries('/usr/bin/git', root);
    copyFileSync(BUSYBOX, join(root, 'bin/busybox'));
    for (const name of APPLETS) symlinkSync('busybox', join(root, 'bin', name));
    for (const [path, text] of Object.entries(image.files)) writeFileSync(join(root, path), text);
    const archive = spawnSync('tar', ['--create', '--directory', root, '.'], { maxBuffer: 200 * 1024 * 1024 });
    const imported = spawnSync(engine, ['import', '-', image.name], { input: archive.stdout, env: { ...env } });
    if (imported.status !== 0)
      throw new Error(`The image '${image.name}' was not imported: ${String(imported.stderr)}`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function copyWithLibraries(program: string, root: string): void {
  const libraries = spawnSync('ldd', [program], { encoding: 'utf8' }).stdout.match(/\/\S+/g) ?? [];
  for (const file of [program, ...libraries.filter((path) => !path.endsWith(':'))]) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    copyFileSync(realpathSync(file), join(root, file));
  }
}
