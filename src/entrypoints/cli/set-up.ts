/** Does `espalier init`: compares, writes what may be written, and says what GitHub lacks. */
import { compareSetup, type FileFinding, planDeeds } from '../../core/setup/compare-setup.ts';
import { writeUses } from '../../core/setup/pinned-actions.ts';
import { renderSetup, type SetupFile } from '../../core/setup/render-setup.ts';
import { listNeeds, type SetupFacts, writeLedgerRuleset } from '../../core/setup/setup-needs.ts';
import { keyNameOf, type SetupOptions } from '../../core/setup/setup-options.ts';
import { type FileOutcome, renderFiles, renderFileStates, renderNeeds } from '../../core/report/setup-report.ts';
import { line } from '../../core/report/spans.ts';
import { CliError } from './cli-error.ts';
import { type AskedSetup, findPlace, findSetup, type SetupPlace } from './find-setup.ts';
import type { Session } from './session.ts';
import { readSetupFiles, removeSetupFile, writeSetupFile } from './setup-files.ts';
import { openSetupGitHub, type SetupGitHub } from './setup-github.ts';
import { SETUP_PATHS } from './setup-paths.ts';

/** Options of `init`. */
export interface InitOptions extends AskedSetup {
  check?: true;
  dryRun?: true;
  force?: true;
  applySettings?: true;
  appId?: number;
  json?: true;
}

/** A set-up that was looked at. */
interface Looked {
  place: SetupPlace;
  options: SetupOptions;
  files: SetupFile[];
  findings: FileFinding[];
  github: SetupGitHub | null;
  facts: SetupFacts | null;
}

/** Sets up the repository, or only checks it. `settings` are for tests. */
export async function setUp(
  session: Session,
  asked: InitOptions,
  settings: Parameters<typeof openSetupGitHub>[2] = {},
): Promise<void> {
  refuseNonsense(asked);
  const looked = await look(session, asked, settings);
  if (asked.check === true) check(session, looked, asked);
  else await initialize(session, looked, asked);
}

function refuseNonsense({ check: isCheck, dryRun, force, applySettings, appId, json }: InitOptions): void {
  if (isCheck === true && (dryRun === true || force === true || applySettings === true))
    throw new CliError('usage', '--check changes nothing: leave --dry-run, --force and --apply-settings out.');
  const isShown = dryRun === true && json === true;
  if (appId !== undefined && applySettings !== true && !isShown)
    throw new CliError('usage', '--app-id says whom the ruleset lets write: it goes with --apply-settings.', {
      next: 'to see the ruleset alone: espalier init --dry-run --json --app-id ID',
    });
}

async function look(
  session: Session,
  asked: InitOptions,
  settings: Parameters<typeof openSetupGitHub>[2],
): Promise<Looked> {
  const place = await findPlace(session);
  const present = await readSetupFiles(place.topLevel, SETUP_PATHS);
  const github = openSetupGitHub(session, place.names, settings);
  const facts = github === null ? null : await github.readFacts();
  const options = await findSetup(session, place, asked, { present, defaultBranch: facts?.defaultBranch ?? null });
  const files = renderSetup(options);
  return { place, options, files, findings: compareSetup(files, present, options.version), github, facts };
}

function check(session: Session, { findings, facts, options }: Looked, asked: InitOptions): void {
  const needs = facts === null ? [] : listNeeds(facts, options);
  const isGood =
    findings.every(({ state, problems }) => (state === 'same' || state === 'yours') && problems.length === 0) &&
    needs.every(({ state }) => state !== 'missing');
  if (asked.json === true) session.printJson({ version: 1, isGood, files: findings, github: facts && needs });
  else {
    session.out.print([...renderFileStates(findings), ...renderNeeds(needs)]);
    session.out.print([
      [],
      line(
        isGood
          ? facts === null
            ? 'All is well in this checkout; GitHub was not asked.'
            : 'All is well.'
          : 'Something is missing or differs; espalier init mends the files.',
        isGood ? 'good' : 'warn',
      ),
    ]);
  }
  // A file may name any commit, and still be as it was written: which one it is, is for a person to know.
  if (options.action.kind === 'published') session.note(`the workflows run ${writeUses(options.action)}`);
  if (facts === null) session.note(NOT_ASKED);
  session.end(isGood ? 'ok' : 'findings');
}

const NOT_ASKED =
  'GitHub was not asked: set GITHUB_TOKEN, in a checkout whose origin is there, to look at labels, settings, secrets and rules';

async function initialize(session: Session, looked: Looked, asked: InitOptions): Promise<void> {
  const { place, files, findings, github, options } = looked;
  const isDryRun = asked.dryRun === true;
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const outcomes = planDeeds(findings, files, asked.force === true);
  // Shown before anything is written over.
  if (asked.json !== true) session.out.print(renderFiles(outcomes, { isDryRun }));
  for (const { path, deed } of isDryRun ? [] : outcomes) {
    if (deed === 'write') await writeSetupFile(place.topLevel, path, texts.get(path) ?? '');
    else if (deed === 'remove') await removeSetupFile(place.topLevel, path);
  }
  const isHeld = isDryRun || outcomes.some(({ deed }) => deed === 'refuse');
  const done = isHeld || github === null ? [] : await changeGitHub(looked, asked);
  const facts = github === null || done.length === 0 ? looked.facts : await github.readFacts();
  const needs = facts === null ? [] : listNeeds(facts, options);
  if (asked.json === true) {
    const ruleset = asked.appId === undefined ? null : writeLedgerRuleset(asked.appId);
    session.printJson({ version: 1, isDryRun, files: outcomes, done, github: facts && needs, ruleset });
  } else {
    session.out.print(done.map((text) => line(`on GitHub: ${text}`, 'good')));
    session.out.print(renderNeeds(needs.filter(({ state }) => state !== 'ok')));
  }
  sayWhatFollows(session, looked, outcomes);
}

async function changeGitHub({ github, facts, options }: Looked, asked: InitOptions): Promise<string[]> {
  if (github === null || facts === null) return [];
  const added = await github.addLabels(facts);
  const done = added.length === 0 ? [] : [`added the labels ${added.join(', ')}`];
  if (asked.applySettings !== true) return done;
  return [...done, ...(await github.applySettings(facts, listNeeds(facts, options), asked.appId ?? null))];
}

function sayWhatFollows(session: Session, { facts, options }: Looked, outcomes: readonly FileOutcome[]): void {
  const refused = outcomes.filter(({ deed }) => deed === 'refuse');
  if (refused.length > 0) {
    session.warn(
      `${refused.map(({ path }) => `'${path}'`).join(', ')}: left alone, since another hand is in it, and so no file was written. ` +
        'Take over what the difference shows, or write over it with espalier init --force',
    );
    session.end('findings');
  }
  if (options.commands.test === null && outcomes.some(({ state }) => state === 'missing'))
    session.warn('no tests were found: write the command into .github/espalier.yml, or no plan can run');
  const key = keyNameOf(options);
  if (facts === null) session.note(NOT_ASKED);
  if (facts === null && key !== null) session.note(`the workflows want the secret ${key}: gh secret set ${key}`);
  if (outcomes.some(({ deed }) => deed === 'write' || deed === 'remove'))
    session.note('commit the files and bring them to the default branch; then espalier init --check');
}
