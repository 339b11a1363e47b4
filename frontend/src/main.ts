/** Begins everything that makes a page live; each part is described in its module. */
import 'virtual:tokens.css';
import './main.css';
import './design/icons.svg?url';
import './design/mark.svg?url';
import './design/icon-maskable.svg?url';
import './design/wordmark.svg?url';
import { startDevice } from './enhance/device.ts';
import { startDialogs } from './enhance/dialogs.ts';
import { startKeyboard } from './enhance/keyboard.ts';
import { startLive } from './enhance/live.ts';
import { startToasts } from './enhance/page.ts';
import { startKeeping } from './enhance/residents.ts';
import { startSecurityKey } from './enhance/security_key.ts';
import { startPosition } from './enhance/position.ts';
import { startTimes } from './enhance/times.ts';
import { startUnits } from './enhance/units.ts';
import { mountIslands } from './islands/mount.ts';

document.documentElement.dataset['script'] = 'yes';
startToasts();
startDialogs();
startKeyboard();
startDevice();
startTimes();
startPosition();
startSecurityKey();
startUnits();
startLive(document);
mountIslands(document);
startKeeping();
// Also on other pages of a phone that keeps things: who signs out there leaves nothing on it.
if (document.getElementById('field-words') || localStorage.getItem('renwang-phone')) void import('./field.ts').then(({ startField }) => startField());

document.addEventListener('htmx:load', (event) => {
  if (!(event.target instanceof HTMLElement)) return;
  const place = event.target.parentElement ?? event.target;
  startLive(place);
  mountIslands(place);
});
