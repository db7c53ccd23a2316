import { describe, expect, it } from 'vitest';

import { HostedReplica, landedOf, SharedLedger } from '../../support/hosted-replica.ts';
import { HostedWorld } from '../../support/hosted-world.ts';

function open(world = new HostedWorld()) {
  const shared = new SharedLedger(world);
  return { world, shared, app: new HostedReplica(world, shared) };
}

describe('a plan from its first command to its report', () => {
  it('lands every task in order and closes its issue', () => {
    const { world, shared, app } = open();
    world.say('/espalier run');
    app.finish();
    expect(landedOf(shared)).toEqual(['a', 'b']);
    expect(world.issue.isOpen).toBe(false);
  });
});
