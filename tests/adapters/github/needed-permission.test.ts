import { expect, it } from 'vitest';

import { permissionToRead } from '../../../src/adapters/github/needed-permission.ts';

it.each([
  [['repository', 'p0', 'statusCheckRollup'], 'checks=read'],
  [['repository', 't0', 'associatedPullRequests', 'nodes', 0, 'statusCheckRollup', 'contexts'], 'checks=read'],
  [['repository', 't0', 'associatedPullRequests'], 'pull_requests=read'],
  [['repository', 'p12'], 'pull_requests=read'],
  [['repository', 'issue'], 'issues=read'],
  [['repository', 'issue', 'comments'], 'issues=read'],
  [['runs0', 3], 'actions=read'],
  [['runs0', 3, 'checkSuite'], 'checks=read'],
  [['repository', 'ledger'], 'contents=read'],
  [['repository', 'base', 'target', 'config'], 'contents=read'],
  [['repository', 'mergeQueue'], 'merge_queues=read'],
  [['repository'], null],
  [[], null],
] as const)('names the permission that %j takes', (path, permission) => {
  expect(permissionToRead(path)).toBe(permission);
});
