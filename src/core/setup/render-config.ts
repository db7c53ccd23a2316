/** `.github/espalier.yml` as `init` proposes it: what every plan of the repository begins from. */
import { keyNameOf, type GuessedCommand, type SetupOptions } from './setup-options.ts';
import { quoteYaml } from './workflow-parts.ts';

/** The text below the stamp. It is a seed: after it is written it belongs to the repository. */
export function renderConfig(options: SetupOptions): string {
  const { agent, commands } = options;
  const key = keyNameOf(options);
  return `# What Espalier does in this repository. A plan may say otherwise, task by task. This file is yours: edit it; init never
# writes over it. It is read from the base branch, so a change counts once it is merged there.
defaults:
${
  agent === 'command'
    ? `  # Who edits, and who reviews: any program, without a shell. The prompt comes in on standard input.
  # agent: 'command: ./tools/agent --fast'
  # review: 'command: ./tools/reviewer'
`
    : `  agent: ${agent}
  review: ${agent}
`
}  # strict: no network at all. development: the agent reaches its model.
  profile: ${agent === 'command' ? 'strict' : 'development'}
${key === null ? '' : `  # The one secret that goes into the sandbox of agent and reviewer.\n  env: [${key}]\n`}${renderCommand(
    'setup',
    commands.setup,
    'Commands before the agent and before the tests, with network to the package registries.',
  )}${renderCommand('test', commands.test, 'Tests that must pass. They have no network.')}
# Labels of runners that plans may ask for with runs_on, beside the ones that GitHub hosts.
# github:
#   runners: [my-runner]

# An image for the sandboxes, where the runner's own programs are not enough. Pinned, so that nobody moves it.
# sandbox:
#   image: ghcr.io/OWNER/NAME@sha256:…
`;
}

function renderCommand(key: string, guessed: GuessedCommand | null, meaning: string): string {
  if (guessed !== null)
    return `  # ${meaning}\n  ${key}: ${quoteYaml(guessed.command)} # read out of ${guessed.from}\n`;
  if (key !== 'test') return `  # ${meaning}\n  # ${key}: …\n`;
  return `  # ${meaning} Nothing here says how this repository is tested, and a
  # plan without tests is refused: write the command.
  # test: make test
`;
}
