/** What the doctor found, per engine and profile. Plain JSON. */
import type { Profile } from '../plan/plan.ts';
import { PROFILE_RULES } from './profile.ts';
import type { PropertyName, SandboxEngine } from './property.ts';

/**
 * `held`: the attempt to break it failed. `broken`: it succeeded. `not-enforced`: known beforehand to be missing here,
 * so nothing was tried. `not-tried`: the attempt could not be made. `not-demanded`: the profile leaves it open.
 */
export type DoctorStatus = 'held' | 'broken' | 'not-enforced' | 'not-tried' | 'not-demanded';

/** One property under one profile on one engine; `evidence` is one sentence about what was tried and seen. */
export interface DoctorCell {
  property: PropertyName;
  status: DoctorStatus;
  evidence: string;
}

/** All properties of one profile on one engine. */
export interface DoctorRow {
  engine: SandboxEngine;
  profile: Profile;
  cells: DoctorCell[];
  /**
   * `enforced`: everything that the profile demands held. `refused`: something is known to be missing, and the engine
   * is refused for this profile unless that is waived by name. `broken`: something that should hold did not.
   */
  verdict: 'enforced' | 'refused' | 'broken';
  /** The demanded properties that did not hold. */
  unmet: PropertyName[];
}

/** One engine as it was found. */
interface DoctorEngine {
  engine: SandboxEngine;
  works: boolean;
  because: string;
  nextStep: string;
}

/** The whole table. */
export interface DoctorTable {
  engines: DoctorEngine[];
  rows: DoctorRow[];
}

/** Puts the verdict to the cells of one profile. */
export function judgeRow(engine: SandboxEngine, profile: Profile, cells: DoctorCell[]): DoctorRow {
  const required = PROFILE_RULES[profile].required;
  const unmet = cells.filter(({ property, status }) => required.includes(property) && status !== 'held');
  const isBroken = unmet.some(({ status }) => status === 'broken');
  const verdict = unmet.length === 0 ? 'enforced' : isBroken ? 'broken' : 'refused';
  return { engine, profile, cells, verdict, unmet: unmet.map(({ property }) => property) };
}
