/**
 * Sends events to the apps that listen, signed as GitHub signs them, when the test says so: an event becomes a
 * delivery that is due at some time of the clock. What went wrong stays in the log until somebody asks for it again.
 */
import { createHmac } from 'node:crypto';

import type { App, Delivery, Installation } from '../state.ts';
import { appOf, installationOn, nextLargeId, type World, setFields } from '../world.ts';
import type { WorldEvent } from './events.ts';
import { checkPayload, keepDeclared, payloadSchemaName } from './payload-schema.ts';
import { makePayload } from './payloads.ts';

/** What becomes of a delivery that a fault meets. */
type Fate =
  /** The receiver is not reached: the log says so, and a redelivery may be asked for. */
  | { kind: 'lost' }
  /** Never sent, and not in the log either: only reading the state again finds out. */
  | { kind: 'dropped' }
  /** Sent twice under one GUID. */
  | { kind: 'doubled' }
  /** Sent so much later; those behind it overtake it. */
  | { kind: 'late'; byMs: number };

/** Which deliveries meet a fate: every field that is given must fit. */
interface DeliveryFault {
  fate: Fate;
  event?: string;
  action?: string;
  /** How many of those that fit; 1 unless said, `Infinity` for all. */
  times?: number;
  /** Chance of each one that fits, from the world's random numbers; 1 unless said. */
  rate?: number;
}

/** The sending end of webhooks. */
export interface Webhooks {
  /** See {@link World.emit}. */
  emit(world: World, event: WorldEvent): Promise<void>;
  /** Adds to the script. Faults are asked in the order in which they were added; the first that fits is met. */
  addFault(fault: DeliveryFault): void;
  /** Takes away every fault. */
  clearFaults(): void;
  /** Throws where a scripted fault without a rate met fewer deliveries than it was for. */
  assertAllFaultsUsed(): void;
  /** Whether what is due together is sent in random order; false unless set. */
  isShuffled: boolean;
  /** Sends everything that is due by now, one after the other; answers how many were sent. */
  deliverDue(world: World): Promise<number>;
  /** Sends until nothing is due, also what the receivers cause meanwhile; answers how many were sent. */
  settle(world: World): Promise<number>;
  /** When the next one is due; `null` while none waits. */
  nextDueAt(world: World): number | null;
  /** Sends a delivery once more, under its GUID, as an entry of its own. */
  redeliver(world: World, delivery: Delivery): Promise<void>;
}

interface Scripted {
  fault: DeliveryFault;
  left: number;
}

/** Seconds that GitHub waits for an answer. */
const TIMEOUT_MS = 10_000;

/** The sending end, with an empty script of faults. */
export function createWebhooks(): Webhooks {
  let script: Scripted[] = [];

  function meetFault(world: World, event: string, action: string | null): Fate | null {
    const met = script.find(
      ({ fault, left }) =>
        left > 0 &&
        (fault.event === undefined || fault.event === event) &&
        (fault.action === undefined || fault.action === action) &&
        (fault.rate === undefined || world.random() < fault.rate),
    );
    if (met === undefined) return null;
    met.left -= 1;
    return met.fault.fate;
  }

  const webhooks: Webhooks = {
    isShuffled: false,
    async emit(world, event) {
      const receivers = findReceivers(world, event);
      if (receivers.length === 0) return;
      const action = 'action' in event ? event.action : null;
      const schemaName = payloadSchemaName(event.event, action);
      const payload = await makePayload(world, event);
      for (const { app, installation } of receivers) {
        const whole =
          'installation' in payload
            ? payload
            : { ...payload, installation: { id: installation.id, node_id: installation.nodeId } };
        const kept = keepDeclared(schemaName, whole);
        const problems = checkPayload(schemaName, kept);
        if (problems.length > 0)
          throw new Error(`The payload of ${schemaName} breaks the official schema:\n${problems.join('\n')}`);
        const fate = meetFault(world, event.event, action);
        if (fate?.kind === 'dropped') continue;
        const delivery = makeDelivery(world, event, { app, installation, body: JSON.stringify(kept) });
        if (fate?.kind === 'lost') setFields(delivery, { dueAt: null, ...UNREACHED, deliveredAt: world.clock.now() });
        if (fate?.kind === 'late') delivery.dueAt = (delivery.dueAt ?? world.clock.now()) + fate.byMs;
        world.state.deliveries.push(delivery);
        if (fate?.kind === 'doubled') world.state.deliveries.push({ ...delivery, id: nextLargeId(world.state) });
      }
    },
    addFault(fault) {
      script.push({ fault, left: fault.times ?? 1 });
    },
    clearFaults() {
      script = [];
    },
    assertAllFaultsUsed() {
      const unmet = script.filter(({ fault, left }) => fault.rate === undefined && left > 0 && Number.isFinite(left));
      if (unmet.length > 0)
        throw new Error(
          `Scripted faults that no delivery met:\n${unmet.map(({ fault }) => JSON.stringify(fault)).join('\n')}`,
        );
    },
    async deliverDue(world) {
      const due = listWaiting(world).filter((delivery) => (delivery.dueAt ?? Infinity) <= world.clock.now());
      if (webhooks.isShuffled) shuffle(world, due);
      let sent = 0;
      for (const delivery of due) {
        // Another call may have sent it while this one waited for an answer.
        if (delivery.deliveredAt !== null) continue;
        await send(world, delivery);
        sent += 1;
      }
      return sent;
    },
    async settle(world) {
      let sent = 0;
      for (;;) {
        const round = await webhooks.deliverDue(world);
        if (round === 0) return sent;
        sent += round;
      }
    },
    nextDueAt(world) {
      return listWaiting(world)[0]?.dueAt ?? null;
    },
    async redeliver(world, delivery) {
      const now = world.clock.now();
      world.state.deliveries.push({
        ...delivery,
        id: nextLargeId(world.state),
        isRedelivery: true,
        createdAt: now,
        dueAt: now + world.settings.deliveryDelayMs,
        deliveredAt: null,
        durationMs: 0,
        statusCode: 0,
        status: 'pending',
      });
    },
  };
  return webhooks;
}

const UNREACHED = { statusCode: 502, status: 'failed to connect to host', durationMs: 0 };

/** Waiting ones, next first. */
function listWaiting(world: World): Delivery[] {
  return world.state.deliveries
    .filter((delivery) => delivery.deliveredAt === null && delivery.dueAt !== null)
    .sort((one, other) => (one.dueAt ?? 0) - (other.dueAt ?? 0) || one.id - other.id);
}

function shuffle(world: World, deliveries: Delivery[]): void {
  for (let at = deliveries.length - 1; at > 0; at--) {
    const other = Math.floor(world.random() * (at + 1));
    [deliveries[at], deliveries[other]] = [deliveries[other] as Delivery, deliveries[at] as Delivery];
  }
}

function findReceivers(world: World, event: WorldEvent): { app: App; installation: Installation }[] {
  if (event.event === 'installation' || event.event === 'installation_repositories') {
    const app = appOf(world.state, event.installation.appId);
    return app.hookUrl === null ? [] : [{ app, installation: event.installation }];
  }
  const ownerId = findOnlyReceiver(event);
  return [...world.state.apps.values()].flatMap((app) => {
    const installation = installationOn(world.state, app.id, event.repository);
    if (app.hookUrl === null || installation === null || installation.suspendedAt !== null) return [];
    const hears = ownerId === null ? installation.events.includes(event.event) : ownerId === app.id;
    return hears ? [{ app, installation }] : [];
  });
}

/** Clicks and requests about checks go to the app that gives them, subscribed or not. */
function findOnlyReceiver(event: WorldEvent): number | null {
  if (event.event === 'check_run' && (event.action === 'rerequested' || event.action === 'requested_action'))
    return event.checkRun.appId;
  if (event.event === 'check_suite' && event.action !== 'completed') return event.suite.appId;
  return null;
}

function makeDelivery(
  world: World,
  event: WorldEvent,
  { app, installation, body }: { app: App; installation: Installation; body: string },
): Delivery {
  const now = world.clock.now();
  return {
    id: nextLargeId(world.state),
    guid: makeGuid(world),
    appId: app.id,
    event: event.event,
    action: 'action' in event ? event.action : null,
    installationId: installation.id,
    repositoryId: 'repository' in event ? event.repository.id : null,
    body,
    isRedelivery: false,
    createdAt: now,
    dueAt: now + world.settings.deliveryDelayMs,
    deliveredAt: null,
    durationMs: 0,
    statusCode: 0,
    status: 'pending',
  };
}

function makeGuid(world: World): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(world.random() * 16).toString(16)).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

async function send(world: World, delivery: Delivery): Promise<void> {
  const app = appOf(world.state, delivery.appId);
  delivery.deliveredAt = world.clock.now();
  if (app.hookUrl === null) {
    setFields(delivery, UNREACHED);
    return;
  }
  const startedAt = performance.now();
  try {
    const response = await fetch(app.hookUrl, {
      method: 'POST',
      headers: deliveryHeaders(app, delivery),
      body: delivery.body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.arrayBuffer();
    delivery.statusCode = response.status;
    delivery.status = response.ok ? 'OK' : `Invalid HTTP Response: ${response.status}`;
  } catch (cause) {
    const isTimeout = cause instanceof DOMException && cause.name === 'TimeoutError';
    setFields(delivery, isTimeout ? { statusCode: 504, status: 'timed out' } : UNREACHED);
  }
  delivery.durationMs = performance.now() - startedAt;
}

/** The headers of a delivery, signed with the app's secret over the exact body. */
export function deliveryHeaders(app: App, delivery: Delivery): Record<string, string> {
  const sign = (algorithm: string): string =>
    createHmac(algorithm, app.webhookSecret).update(delivery.body).digest('hex');
  return {
    Accept: '*/*',
    'Content-Type': 'application/json',
    'User-Agent': 'GitHub-Hookshot/44aa5e1',
    'X-GitHub-Delivery': delivery.guid,
    'X-GitHub-Event': delivery.event,
    'X-GitHub-Hook-ID': `${app.hookId}`,
    'X-GitHub-Hook-Installation-Target-ID': `${app.id}`,
    'X-GitHub-Hook-Installation-Target-Type': 'integration',
    'X-Hub-Signature': `sha1=${sign('sha1')}`,
    'X-Hub-Signature-256': `sha256=${sign('sha256')}`,
  };
}
