/** Every output of the Action; `action.yml` says the same, which a test compares. */

/** Name and meaning of each output. */
export const ACTION_OUTPUTS = {
  outcome:
    'How the step ended. reconcile: settled, waiting, refused. work: good, failed, idle. verify: done, idle. ' +
    'publish: published, refused, idle. cleanup: done.',
  plans: 'route: JSON list of the ids of the plans to reconcile, such as ["issue-7"].',
  count: 'route: how many plans that are.',
  'wake-at': 'reconcile: when to look again at the latest (ISO time), or empty.',
  pack: 'work: path of the file with the objects of the head, or empty.',
  'pack-sha256': 'work: SHA-256 of that file.',
  work: 'work: path of the work record, or empty.',
  'work-sha256': 'work: SHA-256 of that file.',
  evidence: 'work, verify: path of the evidence, or empty.',
  'evidence-sha256': 'work, verify: SHA-256 of that file.',
  log: 'work, verify: path of the log, or empty.',
  removed: 'cleanup: how many branches were removed, or would be.',
} as const satisfies Readonly<Record<string, string>>;

/** An output by name. */
export type OutputName = keyof typeof ACTION_OUTPUTS;
