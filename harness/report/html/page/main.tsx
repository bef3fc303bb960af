import { render } from 'preact';
import type { ReportDocument } from '../report-document.ts';
import { App } from './app.tsx';
import { readElement } from './decode.ts';

const page = document.getElementById('page');
if (page) {
  try {
    const report = JSON.parse(new TextDecoder().decode(await readElement('report'))) as ReportDocument; // As it was written with this page.
    page.replaceChildren();
    render(<App report={report} />, page);
  } catch (error) {
    page.textContent = `The report cannot be shown: ${error}. A browser of 2024 or later can.`;
  }
}
