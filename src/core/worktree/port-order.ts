/** Which port an attempt would like, and which next if that one is taken: the same attempt asks in the same order. */
import { digestText } from '../digest.ts';

/** First and last port that may be handed out, both included. */
export interface PortRange {
  first: number;
  last: number;
}

/** What the text of a port's name must be to be exported and put into a file that shells read. */
const PORT_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
// Setting one of these to a number would break programs or reach into how Espalier itself is called.
const RESERVED =
  /^(?:PATH|HOME|USER|SHELL|TERM|LANG|TMPDIR|PWD|IFS|ENV|BASH_ENV|NODE_OPTIONS|LD_.*|DYLD_.*|LC_.*|GIT_.*|ESPALIER_.*)$/i;

/** Why `name` cannot name a port, `null` if it can. */
export function findPortNameProblem(name: string): string | null {
  if (!PORT_NAME.test(name)) return 'a port name has only letters, digits and _, and begins with no digit';
  if (RESERVED.test(name)) return 'that name has another meaning to programs';
  return null;
}

/** Every port of the range once, beginning at a place that depends on `seed` alone. */
export function* orderPorts(seed: string, range: PortRange): Generator<number> {
  const size = range.last - range.first + 1;
  if (size <= 0) return;
  // 48 bits of the digest: exact in a double, and even enough for any range of ports.
  const start = Number.parseInt(digestText(seed).slice(0, 12), 16) % size;
  for (let i = 0; i < size; i++) yield range.first + ((start + i) % size);
}

/** The content of `.ports.env`. */
export function renderPortsEnv(ports: Readonly<Record<string, number>>): string {
  return Object.entries(ports)
    .map(([name, port]) => `${name}=${port}\n`)
    .join('');
}

/** `.env` with the ports after what it had, so that they win. */
export function appendPorts(envText: string, ports: Readonly<Record<string, number>>): string {
  const ending = envText === '' || envText.endsWith('\n') ? '' : '\n';
  return `${envText}${ending}${renderPortsEnv(ports)}`;
}
