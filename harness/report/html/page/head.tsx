import type { ReportDocument } from '../report-document.ts';

/** What a person may quote. */
export function Head({ report }: { readonly report: ReportDocument }) {
  return (
    <header class="head">
      <h1>{report.title}</h1>
      <p class={`summary ${report.summary.tone}`}>{report.summary.text}</p>
      {report.remarks.map(({ tone, text }) => (
        <p key={text} class={`remark ${tone}`}>
          {text}
        </p>
      ))}
      <ul class="about">
        {report.about.map((fact) => (
          <li key={fact}>{fact}</li>
        ))}
      </ul>
    </header>
  );
}
