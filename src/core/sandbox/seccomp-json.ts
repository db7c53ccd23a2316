/** The filter as the JSON that `--security-opt seccomp=FILE` of docker and podman takes. */
import type { SeccompPolicy, SyscallRule } from './seccomp.ts';
import type { FilterArchitecture } from './syscall-numbers.ts';

interface SeccompArgument {
  index: number;
  value: number;
  valueTwo: number;
  op: 'SCMP_CMP_EQ' | 'SCMP_CMP_MASKED_EQ';
}

interface SeccompEntry {
  names: string[];
  action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO';
  errnoRet?: number;
  args?: SeccompArgument[];
}

const ARCHITECTURE_NAMES: Readonly<Record<FilterArchitecture, string>> = {
  x64: 'SCMP_ARCH_X86_64',
  arm64: 'SCMP_ARCH_AARCH64',
};

/** The OCI shape of a filter. */
export interface SeccompDocument {
  defaultAction: 'SCMP_ACT_ERRNO';
  defaultErrnoRet: number;
  architectures?: string[];
  syscalls: SeccompEntry[];
}

/**
 * Compiles the filter. Engines that do not know `defaultErrnoRet` answer EPERM for calls without a rule: still closed.
 * Only the native 64-bit ABI is listed, so libseccomp closes 32-bit and x32 calls; without an `architecture` it takes
 * the machine's own by itself.
 */
export function renderSeccompDocument(policy: SeccompPolicy, architecture: FilterArchitecture | null): SeccompDocument {
  const allowed: string[] = [];
  const refused = new Map<number, string[]>();
  const conditional: SeccompEntry[] = [];
  for (const [name, rule] of policy.rules) {
    if (rule.kind === 'allow') allowed.push(name);
    else if (rule.kind === 'refuse') refused.set(rule.errno, [...(refused.get(rule.errno) ?? []), name]);
    else conditional.push(...renderConditional(name, rule));
  }
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: policy.otherwise,
    ...(architecture === null ? {} : { architectures: [ARCHITECTURE_NAMES[architecture]] }),
    syscalls: [
      { names: allowed, action: 'SCMP_ACT_ALLOW' },
      ...[...refused].map(([errnoRet, names]): SeccompEntry => ({ names, action: 'SCMP_ACT_ERRNO', errnoRet })),
      ...conditional,
    ],
  };
}

type ConditionalRule = Exclude<SyscallRule, { kind: 'allow' | 'refuse' }>;

// Entries of one call are alternatives: any that matches allows it. What matches none gets the default action, so the
// `otherwise` of a rule is exact only in the compiled program of seccomp-bpf.ts.
function renderConditional(name: string, rule: ConditionalRule): SeccompEntry[] {
  const entry = (argument: SeccompArgument): SeccompEntry => ({
    names: [name],
    action: 'SCMP_ACT_ALLOW',
    args: [argument],
  });
  if (rule.kind === 'allow-if-clear')
    return [entry({ index: rule.argument, value: rule.mask, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' })];
  return rule.values.map((value) => entry({ index: rule.argument, value, valueTwo: 0, op: 'SCMP_CMP_EQ' }));
}
