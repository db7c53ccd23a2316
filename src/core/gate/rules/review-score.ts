import { changeDigest, reviewerName, rubricDigest } from '../bindings.ts';
import { missingResult, ruleResult, type Rule } from '../facts.ts';

/** The independent review of exactly this change scored at least the threshold and found nothing blocking. */
export const checkReviewScore: Rule = (facts) => {
  const { task, evidence } = facts;
  const { reviewer, threshold } = task.review;
  const wanted = `${threshold}/10 or more, nothing blocking`;
  if (reviewer === null)
    return ruleResult('review-score', 'waived', 'switched off', wanted, 'review is switched off by name');
  const review = evidence.reviews.findLast((one) => one.stage === 'verify');
  if (review === undefined) return missingResult(facts, 'review-score', 'review', wanted);
  if (review.status !== 'scored' || review.score === null)
    return ruleResult('review-score', 'failed', review.status, wanted, `the review gave no score: ${review.detail}`);
  const isBound =
    evidence.treeSha !== null &&
    review.change === changeDigest(evidence.baseTreeSha, evidence.treeSha) &&
    review.rubric === rubricDigest(task) &&
    review.reviewer === reviewerName(reviewer);
  if (!isBound)
    return ruleResult(
      'review-score',
      'failed',
      'a review of something else',
      wanted,
      'it is of another change, rubric or reviewer',
    );
  const blocking = review.findings.filter((finding) => finding.severity === 'blocking').length;
  const found = `${review.score}/10, ${blocking} blocking`;
  if (blocking > 0)
    return ruleResult('review-score', 'failed', found, wanted, 'a blocking finding closes the gate at any score');
  return review.score >= threshold
    ? ruleResult('review-score', 'passed', found, wanted, `the review scored ${review.score}/10`)
    : ruleResult('review-score', 'failed', found, wanted, `${review.score}/10 is under ${threshold}/10`);
};
