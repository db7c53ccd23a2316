/**
 * The empty image that the host's system folders are mounted into, as a tar archive (POSIX ustar): container engines
 * can import it without a registry.
 */
import type { SystemEntry } from './bubblewrap-args.ts';

/** One member of an archive; folders and links only, nothing in the base image has content. */
export type TarMember =
  | { kind: 'folder'; path: string; mode: number }
  | { kind: 'symlink'; path: string; leadsTo: string };

const BLOCK = 512;
// Without the home folder: podman gives a tmpfs the mode of the image's folder below it.
const FOLDERS = ['proc', 'sys', 'dev', 'run', 'var', 'etc', 'home', 'opt', 'sbin', 'usr'];

/**
 * Members of the base image. `/sbin` is a folder even where the host has a link: engines mount their own init there,
 * and through the link that would be a mount into the read-only `/usr`.
 */
export function listBaseImageMembers(system: readonly SystemEntry[]): TarMember[] {
  const links = system.flatMap((entry): TarMember[] =>
    entry.kind === 'symlink' && entry.path !== '/sbin'
      ? [{ kind: 'symlink', path: entry.path.slice(1), leadsTo: entry.leadsTo }]
      : [],
  );
  const folders = FOLDERS.map((path): TarMember => ({ kind: 'folder', path: `${path}/`, mode: 0o755 }));
  return [...folders, { kind: 'folder', path: 'tmp/', mode: 0o1777 }, ...links];
}

/** Encodes an archive; equal members give equal bytes. Paths and link targets are ASCII of at most 100 characters. */
export function encodeTar(members: readonly TarMember[]): Uint8Array {
  const bytes = new Uint8Array((members.length + 2) * BLOCK);
  for (const [at, member] of members.entries()) writeHeader(bytes.subarray(at * BLOCK, (at + 1) * BLOCK), member);
  return bytes;
}

function writeHeader(block: Uint8Array, member: TarMember): void {
  const leadsTo = member.kind === 'symlink' ? member.leadsTo : '';
  if (member.path.length > 100 || leadsTo.length > 100) throw new Error(`Tar member '${member.path}' is too long`);
  const write = (at: number, text: string): void => {
    for (let offset = 0; offset < text.length; offset += 1) block[at + offset] = text.charCodeAt(offset);
  };
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
  write(0, member.path);
  write(100, octal(member.kind === 'folder' ? member.mode : 0o777, 7));
  write(108, octal(0, 7));
  write(116, octal(0, 7));
  write(124, octal(0, 11));
  write(136, octal(0, 11));
  // The checksum is computed as if its own field held spaces.
  write(148, '        ');
  write(156, member.kind === 'folder' ? '5' : '2');
  write(157, leadsTo);
  write(257, 'ustar');
  write(263, '00');
  write(
    148,
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
  );
}
