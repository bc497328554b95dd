import { describe, expect, it } from 'vitest';
import { problemOf } from '../../src/api/client';

describe('problemOf', () => {
  it('says what the node said, with the fields that are wrong', () => {
    const problem = problemOf(400, { type: 'urn:rollcall:problem:invalid-request', title: 'Bad', detail: 'A field is wrong.', errors: { wait: 'too long' } });
    expect(problem.kind).toBe('invalid-request');
    expect(problem.message).toBe('A field is wrong. wait: too long');
  });

  it('makes words of an answer that is no problem document', () => {
    expect(problemOf(502, undefined).message).toBe('The node answered with status 502.');
    expect(problemOf(503, { mode: 'error', error: 'Nothing is known yet.' }).message).toBe('Nothing is known yet.');
  });
});
