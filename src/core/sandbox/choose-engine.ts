/**
 * Which engine a run uses. `auto` takes the strongest that enforces everything that was asked; an engine that was
 * asked for by name is used or refused, never replaced; a property that an engine cannot enforce must be waived by
 * name; `none` is used only when it is asked for by name.
 */
import type { Profile } from '../plan/plan.ts';
import { PROFILE_RULES } from './profile.ts';
import { PROPERTIES, type PropertyName, type SandboxEngine } from './property.ts';

/** A property that an engine cannot enforce on this machine. */
export interface MissingProperty {
  property: PropertyName;
  /** Why not, and where there is one, what would supply it. */
  because: string;
}

/** What was found out about one engine by starting something in it. */
export interface EngineProbe {
  engine: SandboxEngine;
  works: boolean;
  /** What it runs on if it works (`on the host's system folders`), else what failed; without a full stop. */
  because: string;
  missing: readonly MissingProperty[];
  /** What to do so that it works, or works in full; `''` where nothing is to be done. */
  nextStep: string;
}

/** What was asked. */
export interface EngineDemand {
  asked: 'auto' | SandboxEngine;
  probes: readonly EngineProbe[];
  /** Every profile that will be run. */
  profiles: readonly Profile[];
  waived: readonly PropertyName[];
}

/** How one engine fared, for the reader. */
interface EngineConsideration {
  engine: SandboxEngine;
  verdict: 'chosen' | 'usable' | 'not-asked' | 'too-weak' | 'not-working';
  because: string;
}

/** The decision. `waived` are the properties that are missing on the chosen engine and were waived. */
export type EngineChoice =
  | {
      kind: 'chosen';
      engine: SandboxEngine;
      because: string;
      waived: PropertyName[];
      considered: EngineConsideration[];
    }
  | { kind: 'refused'; because: string; nextStep: string; considered: EngineConsideration[] };

/** Strongest first. A daemon's container and podman's are alike; bubblewrap shares the host's system folders. */
const BY_STRENGTH: readonly SandboxEngine[] = ['docker', 'podman', 'bubblewrap', 'none'];

/** What to install on Debian and Ubuntu for an engine. */
export const INSTALL_COMMANDS: Readonly<Record<Exclude<SandboxEngine, 'none'>, string>> = {
  docker: 'sudo apt-get install -y docker.io',
  podman: 'sudo apt-get install -y podman',
  bubblewrap: 'sudo apt-get install -y bubblewrap',
};

/** Missing properties of an engine that a profile demands and nobody waived. */
function findUnmetProperties(
  probe: EngineProbe,
  profiles: readonly Profile[],
  waived: readonly PropertyName[],
): MissingProperty[] {
  const required = new Set(profiles.flatMap((profile) => PROFILE_RULES[profile].required));
  return probe.missing.filter(({ property }) => required.has(property) && !waived.includes(property));
}

/** Decides. Engines without a probe are treated as not working. */
export function chooseEngine(demand: EngineDemand): EngineChoice {
  const candidates = BY_STRENGTH.filter((engine) =>
    demand.asked === 'auto' ? engine !== 'none' : engine === demand.asked,
  );
  const fits = (engine: SandboxEngine): EngineProbe | null => {
    const probe = demand.probes.find((candidate) => candidate.engine === engine);
    if (probe === undefined || !probe.works) return null;
    // Who asks for `none` by name has waived everything with that one word.
    if (engine === 'none') return probe;
    return findUnmetProperties(probe, demand.profiles, demand.waived).length === 0 ? probe : null;
  };
  const chosen = candidates.map(fits).find((probe) => probe !== null) ?? null;
  const considered = BY_STRENGTH.map((engine) => consider(engine, demand, candidates, chosen));
  if (chosen === null) return { kind: 'refused', ...explainRefusal(demand, candidates), considered };
  const missing = chosen.missing.map(({ property }) => property);
  const waived = PROPERTIES.filter((property) => missing.includes(property));
  return {
    kind: 'chosen',
    engine: chosen.engine,
    because: explainChoice(demand, chosen, waived),
    waived,
    considered,
  };
}

function consider(
  engine: SandboxEngine,
  demand: EngineDemand,
  candidates: readonly SandboxEngine[],
  chosen: EngineProbe | null,
): EngineConsideration {
  const probe = demand.probes.find((candidate) => candidate.engine === engine);
  if (engine === 'none' && demand.asked !== 'none')
    return { engine, verdict: 'not-asked', because: 'no sandbox at all; only when asked for by name' };
  if (probe === undefined) return { engine, verdict: 'not-asked', because: 'another engine was asked for by name' };
  if (!probe.works) return { engine, verdict: 'not-working', because: probe.because };
  if (engine === chosen?.engine) return { engine, verdict: 'chosen', because: probe.because };
  const unmet = engine === 'none' ? [] : findUnmetProperties(probe, demand.profiles, demand.waived);
  if (unmet.length > 0) return { engine, verdict: 'too-weak', because: describeMissing(unmet) };
  const because = candidates.includes(engine) ? probe.because : 'another engine was asked for by name';
  return { engine, verdict: candidates.includes(engine) ? 'usable' : 'not-asked', because };
}

function explainChoice(demand: EngineDemand, probe: EngineProbe, waived: readonly PropertyName[]): string {
  if (probe.engine === 'none') return 'asked for by name: nothing is enforced';
  const how = demand.asked === 'auto' ? 'the strongest engine that works here' : 'asked for by name';
  const weak = waived.length === 0 ? '' : `; not enforced: ${waived.join(', ')}`;
  return `${how}; it runs ${probe.because}${weak}`;
}

function describeMissing(missing: readonly MissingProperty[]): string {
  return `cannot enforce ${missing.map(({ property, because }) => `${property} (${because})`).join(', ')}`;
}

function explainRefusal(
  demand: EngineDemand,
  candidates: readonly SandboxEngine[],
): { because: string; nextStep: string } {
  const probes = candidates.flatMap((engine) => demand.probes.find((probe) => probe.engine === engine) ?? []);
  const working = probes.filter((probe) => probe.works);
  const profiles = demand.profiles.map((profile) => `'${profile}'`).join(' and ');
  if (working.length > 0) {
    const unmet = working.map((probe) => ({
      probe,
      missing: findUnmetProperties(probe, demand.profiles, demand.waived),
    }));
    const nearest = unmet.reduce((best, next) => (next.missing.length < best.missing.length ? next : best));
    const names = nearest.missing.map(({ property }) => property).join(',');
    return {
      because: unmet
        .map(({ probe, missing }) => `${probe.engine} ${describeMissing(missing)}, which profile ${profiles} demands`)
        .join('; '),
      nextStep: [nearest.probe.nextStep, `or accept that by name: --waive ${names}`].filter(Boolean).join(', '),
    };
  }
  const found = probes.map(({ engine, because }) => `${engine}: ${because}`).join('; ');
  return {
    because: demand.asked === 'auto' ? `no sandbox engine works here (${found})` : found,
    nextStep: probes.map(({ nextStep }) => nextStep).find((step) => step !== '') ?? INSTALL_COMMANDS.bubblewrap,
  };
}
