// GET /api/services/{service}/explain: where a caller would send a request, and why.

export interface FilterStep {
  filter: string;
  before: number;
  after: number;
  notes?: string[];
  removed?: { id: string; reason: string }[];
}

export interface Candidate {
  id: string;
  address: string;
  priority?: number;
  zone?: string;
  weight: number;
  share: number;
  inFlight: number;
  latencySeconds?: number;
  score?: number;
  avoided?: string;
}

export interface Explanation {
  target: string;
  policy: string;
  revision: number;
  observedAt: string;
  ageSeconds: number;
  freshness: string;
  freshnessReason?: string;
  key?: string;
  keyHash?: string;
  considered: number;
  steps: FilterStep[];
  candidates: Candidate[];
  scoreMeaning?: string;
  panicking: boolean;
  winner?: string;
  why: string;
}
