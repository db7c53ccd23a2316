/**
 * The form of the register: each entry is one thing that the code takes for granted about GitHub and that GitHub's own
 * documents do not say, or do not say surely. `.github/GITHUB-FACTS.md` is made from it, `espalier doctor --github`
 * tries it, and `.github/SMOKE-TEST.md` leads a person through what no program can try.
 */

/**
 * What the doctor has to do to try a fact. `look`: it only reads, or asks for what must be refused. `scratch`: it makes
 * commits and branches below `espalier-staging/doctor-…`, and deletes the branches. `write`: it opens an issue and pull
 * requests of its own and dispatches the workflow; only with `--write`.
 */
type DoctorReach = 'look' | 'scratch' | 'write';

/** One entry. Texts are Markdown on one line. */
export interface GithubFact {
  id: string;
  /** What is taken for granted: a sentence. */
  claim: string;
  /** Source files that rely on it, relative to the root. */
  reliedOnBy: readonly string[];
  /** What happens where it is otherwise. */
  otherwise: string;
  /** What was read about it, and what is missing there. */
  sources: string;
  /** How far the doctor has to go to try it; `null` if no program can. */
  doctor: DoctorReach | null;
  /** Step of the smoke test that shows it; `null` if the doctor is enough. */
  smokeStep: number | null;
}
