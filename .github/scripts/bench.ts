/**
 * `npm run bench [-- NAME…]`: runs each file of tests/bench, or those that are named, one after another in a process of
 * its own. The exit code is 1 when one of them failed.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '../../tests/bench');
const available = readdirSync(folder)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => basename(file, '.bench.ts'))
  .sort();
const wanted = process.argv.length > 2 ? process.argv.slice(2) : available;
const unknown = wanted.filter((name) => !available.includes(name));

if (unknown.length > 0) {
  console.error(`No benchmark '${unknown.join("', '")}'. There are: ${available.join(', ')}.`);
  process.exitCode = 2;
} else {
  for (const name of wanted) {
    console.log(`\n== ${name}`);
    const { status } = spawnSync(process.execPath, [join(folder, `${name}.bench.ts`)], { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
}
