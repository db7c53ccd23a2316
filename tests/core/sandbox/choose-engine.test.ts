import { describe, expect, it } from 'vitest';

import { chooseEngine, type EngineDemand, type EngineProbe } from '../../../src/core/sandbox/choose-engine.ts';
import type { PropertyName, SandboxEngine } from '../../../src/core/sandbox/property.ts';

function works(engine: SandboxEngine, ...missing: PropertyName[]): EngineProbe {
  return {
    engine,
    works: true,
    because: `${engine} 1.0`,
    missing: missing.map((property) => ({ property, because: 'not here' })),
    nextStep: '',
  };
}

function fails(engine: SandboxEngine): EngineProbe {
  return { engine, works: false, because: `${engine} is not installed`, missing: [], nextStep: `install ${engine}` };
}

function choose(overrides: Partial<EngineDemand>): ReturnType<typeof chooseEngine> {
  return chooseEngine({ asked: 'auto', probes: [], profiles: ['strict'], waived: [], ...overrides });
}

describe('chooseEngine', () => {
  it.each([
    {
      name: 'docker before the others',
      probes: [works('bubblewrap'), works('podman'), works('docker')],
      wanted: 'docker',
    },
    {
      name: 'podman where docker is dead',
      probes: [fails('docker'), works('podman'), works('bubblewrap')],
      wanted: 'podman',
    },
    {
      name: 'bubblewrap where it is alone',
      probes: [fails('docker'), fails('podman'), works('bubblewrap')],
      wanted: 'bubblewrap',
    },
    {
      name: 'the weaker engine that is whole',
      probes: [works('docker', 'memory-limit'), works('bubblewrap')],
      wanted: 'bubblewrap',
    },
  ])('takes by auto $name', ({ probes, wanted }) => {
    expect(choose({ probes })).toMatchObject({ kind: 'chosen', engine: wanted, waived: [] });
  });

  it('never takes none by auto, even where nothing else works', () => {
    const choice = choose({ probes: [fails('docker'), fails('podman'), fails('bubblewrap'), works('none')] });
    expect(choice).toMatchObject({ kind: 'refused', nextStep: 'install docker' });
  });

  it('takes none when it is asked for by name, and says what that means', () => {
    const choice = choose({ asked: 'none', probes: [works('none', 'seccomp')] });
    expect(choice).toMatchObject({ kind: 'chosen', engine: 'none', waived: ['seccomp'] });
    expect(choice.because).toContain('nothing is enforced');
  });

  it.each([
    { asked: 'auto' as const, wanted: 'the strongest engine that works here; it runs bubblewrap works' },
    { asked: 'bubblewrap' as const, wanted: 'asked for by name; it runs bubblewrap works' },
  ])('says in one clause whether $asked was chosen or named', ({ asked, wanted }) => {
    const probe = { ...works('bubblewrap'), because: 'bubblewrap works' };
    expect(choose({ asked, probes: [probe] })).toMatchObject({ because: wanted });
  });

  it('never replaces an engine that was asked for by name', () => {
    const choice = choose({ asked: 'podman', probes: [fails('podman'), works('docker')] });
    expect(choice).toMatchObject({
      kind: 'refused',
      because: 'podman: podman is not installed',
      nextStep: 'install podman',
    });
  });

  it('refuses an engine that lacks a demanded property, with the words that waive it', () => {
    const choice = choose({ asked: 'bubblewrap', probes: [works('bubblewrap', 'memory-limit', 'cpu-limit')] });
    expect(choice).toMatchObject({ kind: 'refused' });
    expect(choice.kind === 'refused' && choice.nextStep).toContain('--waive memory-limit,cpu-limit');
  });

  it('takes it once every missing property is waived by name, and not before', () => {
    const probes = [works('bubblewrap', 'memory-limit', 'cpu-limit')];
    expect(choose({ probes, waived: ['memory-limit'] }).kind).toBe('refused');
    expect(choose({ probes, waived: ['memory-limit', 'cpu-limit', 'seccomp'] })).toMatchObject({
      kind: 'chosen',
      waived: ['memory-limit', 'cpu-limit'],
    });
  });

  it('does not demand under development what that profile leaves open', () => {
    const probes = [works('bubblewrap', 'tmp-noexec')];
    expect(choose({ probes, profiles: ['development'] }).kind).toBe('chosen');
    expect(choose({ probes, profiles: ['development', 'strict'] }).kind).toBe('refused');
  });

  it('tells of every engine how it fared', () => {
    const { considered } = choose({ probes: [fails('docker'), works('podman', 'seccomp'), works('bubblewrap')] });
    expect(considered.map(({ engine, verdict }) => [engine, verdict])).toEqual([
      ['docker', 'not-working'],
      ['podman', 'too-weak'],
      ['bubblewrap', 'chosen'],
      ['none', 'not-asked'],
    ]);
  });
});
