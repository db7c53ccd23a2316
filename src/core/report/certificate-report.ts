/** The certificate of a landing as a person reads it. The JSON form is the certificate itself. */
import type { Certificate } from '../ledger/ledger.ts';
import { formatScore, formatTimestamp, shortSha } from './amounts.ts';
import { fitText, line, type Row, span } from './spans.ts';
import { type Glyphs, glyphsFor, RULE_STYLES } from './task-words.ts';

/** Renders certificates, oldest first. */
export function renderCertificates(certificates: readonly Certificate[], options: { isUtf8: boolean }): Row[] {
  const glyphs = glyphsFor(options.isUtf8);
  return certificates.flatMap((each, index) => [...(index > 0 ? [[]] : []), ...renderCertificate(each, glyphs)]);
}

function renderCertificate(certificate: Certificate, glyphs: Glyphs): Row[] {
  const isSame = certificate.testedTree === certificate.landedTree;
  const facts: [string, string][] = [
    ['landed', `${certificate.landedSha} on ${certificate.target}, ${formatTimestamp(certificate.landedAt)}`],
    ['stood on', certificate.fromSha],
    ['head', `${certificate.headSha} (attempt ${certificate.attempt})`],
    [
      'tree',
      `${certificate.landedTree}${isSame ? ', the tested one' : ` IS NOT the tested ${certificate.testedTree}`}`,
    ],
    ['strength', STRENGTH_WORDS[certificate.strength]],
    [
      'plan',
      `${certificate.plan}, revision ${shortSha(certificate.revision)}, task ${shortSha(certificate.taskDigest)}`,
    ],
    ['needs', certificate.needs.map((each) => `${each.task} (${shortSha(each.landedSha)})`).join(', ') || 'none'],
    ['review', reviewWord(certificate)],
    ['sandbox', sandboxWord(certificate)],
    ['evidence', certificate.evidence],
  ];
  return [
    [span('Certificate', 'strong'), span(' of '), span(certificate.task, 'strong')],
    ...facts.map(([name, value]): Row => [
      span(`  ${fitText(name, 9, '')} `, 'dim'),
      span(value, name === 'tree' && !isSame ? 'bad' : 'plain'),
    ]),
    line('  tests', 'dim'),
    ...certificate.tests.map((each): Row => [
      span(`    ${fitText(each.stage, 10, glyphs.cut)} `),
      span(fitText(each.status, 9, glyphs.cut), each.status === 'passed' ? 'good' : 'bad'),
      span(` tree ${shortSha(each.tree)}, suite ${shortSha(each.suite)}`, 'dim'),
    ]),
    line('  rules', 'dim'),
    ...certificate.rules.map((each): Row => {
      const status = isRuleStatus(each.status) ? each.status : 'failed';
      return [
        span(`    ${glyphs.rules[status]} `, RULE_STYLES[status]),
        span(fitText(each.rule, 16, glyphs.cut)),
        span(` ${each.because}`, 'dim'),
      ];
    }),
  ];
}

const STRENGTH_WORDS: Readonly<Record<Certificate['strength'], string>> = {
  exact: 'exact: only a tested tree could become the tip',
  audited: 'audited: the trees were compared after the landing',
  'by-hand': 'by hand: a person merged it; what was known of it then follows',
};

function reviewWord(certificate: Certificate): string {
  const review = certificate.review;
  if (review === null) return 'none (switched off by name)';
  return `${formatScore(review.score)} (wanted ${review.threshold}) by ${review.reviewer}, change ${shortSha(review.change)}`;
}

function sandboxWord(certificate: Certificate): string {
  const { engine, profile, waived } = certificate.sandbox;
  return `${engine}, profile ${profile}${waived.length > 0 ? `, waived: ${waived.join(', ')}` : ''}`;
}

function isRuleStatus(text: string): text is keyof typeof RULE_STYLES {
  return Object.hasOwn(RULE_STYLES, text);
}
