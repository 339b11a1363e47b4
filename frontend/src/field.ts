/** The window's side of the field door without a network; the other side is the worker `field_worker.ts`. */
import { canKeep, keepsAnything, startWorker } from './field/asking.ts';
import { startLine } from './field/line.ts';
import { startList } from './field/list.ts';
import { startCard, startPhone } from './field/phone.ts';
import { showKept, startTaking } from './field/taking.ts';

export async function startField(): Promise<void> {
  if (!canKeep()) return;
  startPhone();
  startTaking();
  document.addEventListener('renwang:phone', () => void startLine());
  if (await keepsAnything()) {
    await startWorker().catch(() => undefined); // away: the worker that is there goes on
    await startLine();
    await showKept();
  }
  startCard();
  startList();
}
