import type { Explanation } from '../../api/documents';
import { Panel } from '../../components/basics';
import { plural } from '../../model/format';

const shown = 6;

/** What each filter left, as a funnel. */
export function Steps({ explanation }: { explanation: Explanation }) {
  const most = Math.max(1, explanation.considered);
  return (
    <Panel title="Filters" aside={`${plural(explanation.considered, 'instance')} considered`}>
      {explanation.steps.length === 0 && <p className="faint quiet">No filter took anybody away.</p>}
      <ol className="funnel">
        {explanation.steps.map((step) => (
          <li key={step.filter}>
            <div className="funnel-head">
              <span className="funnel-name">{step.filter}</span>
              <span className="funnel-bar" role="img" aria-label={`${step.before} before, ${step.after} after`}>
                <span className="funnel-before" style={{ width: `${(step.before / most) * 100}%` }} />
                <span className="funnel-after" style={{ width: `${(step.after / most) * 100}%` }} />
              </span>
              <span className="funnel-count">
                {step.before} → {step.after}
              </span>
            </div>
            {step.notes?.map((note) => (
              <p key={note} className="faint">
                {note}
              </p>
            ))}
            {step.removed && step.removed.length > 0 && (
              <ul className="removed">
                {step.removed.slice(0, shown).map((removed) => (
                  <li key={removed.id}>
                    <code>{removed.id}</code> {removed.reason}
                  </li>
                ))}
                {step.removed.length > shown && <li className="faint">and {step.removed.length - shown} more</li>}
              </ul>
            )}
          </li>
        ))}
      </ol>
    </Panel>
  );
}
