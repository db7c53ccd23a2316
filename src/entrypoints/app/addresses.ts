/** What addresses mean: who can reach a server that listens there, and which GitHub a URL belongs to. */
import { BlockList, isIP, isIPv6 } from 'node:net';

const LOOPBACK = blockListOf([
  ['127.0.0.0', 8, 'ipv4'],
  ['::1', 128, 'ipv6'],
]);

// RFC 1918, RFC 3927, RFC 4193, RFC 4291: not reachable from the Internet.
const PRIVATE = blockListOf([
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
]);

function blockListOf(subnets: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix, family] of subnets) list.addSubnet(address, prefix, family);
  return list;
}

/** True if only this machine reaches `host`, a name or address without port (IPv6 with or without brackets). */
export function isLoopbackHost(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return bare === 'localhost' || isIn(LOOPBACK, bare);
}

/** True unless `host` is surely not reachable from the Internet: `0.0.0.0`, `::` and all names count as public. */
export function isPublicHost(host: string): boolean {
  return !isLoopbackHost(host) && !isIn(PRIVATE, host.replace(/^\[(.*)\]$/, '$1'));
}

function isIn(list: BlockList, address: string): boolean {
  return isIP(address) !== 0 && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/**
 * Where people meet the GitHub whose API is at `apiUrl`: `https://api.github.com` → `https://github.com`,
 * `https://HOST/api/v3` (GitHub Enterprise Server) → `https://HOST`, `https://api.NAME.ghe.com` → `https://NAME.ghe.com`.
 */
export function webUrlOf(apiUrl: string): string {
  const url = new URL(apiUrl);
  const isDotCom = url.hostname === 'api.github.com' || /^api\.[a-z0-9-]+\.ghe\.com$/.test(url.hostname);
  return isDotCom ? `${url.protocol}//${url.host.slice('api.'.length)}` : url.origin;
}
