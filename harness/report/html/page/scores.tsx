import type { Score, TargetDocument } from '../report-document.ts';

/** Passed of due cases, a row for each suite and a column for each environment. */
export function Scores({ target, isOnlyOne }: { readonly target: TargetDocument; readonly isOnlyOne: boolean }) {
  return (
    <section class="scores" aria-label={`Suites of ${target.name}`}>
      <div class="scroller">
        <table>
          <thead>
            <tr>
              <th scope="col">{isOnlyOne ? 'suite' : target.name}</th>
              {target.columns.map(({ label, accelerator }) => (
                <th key={label} scope="col" class="number">
                  {label} <span class="faint">{accelerator}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {target.suites.map(({ name, scores }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {scores.map((score, column) => (
                  <ScoreCell key={target.columns[column]?.label} score={score} />
                ))}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">total</th>
              {target.columns.map(({ label, score }) => (
                <ScoreCell key={label} score={score} withRate />
              ))}
            </tr>
          </tfoot>
        </table>
      </div>
      {target.agreement && <p class={`agreement ${target.agreement.tone}`}>{target.agreement.text}</p>}
      {target.facts.length > 0 && (
        <ul class="facts">
          {target.facts.map((fact) => (
            <li key={fact}>{fact}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function ScoreCell({ score, withRate = false }: { readonly score: Score; readonly withRate?: boolean }) {
  if (!score.tone) return <td class="number faint">–</td>;
  return (
    <td class={`number ${score.tone}`}>
      {withRate && <span class="faint">{score.rate} </span>}
      {score.passed}/{score.due}
    </td>
  );
}
