/** How the worker speaks to the node: every request with the phone's name, and a machine's answer to it. */
import { troubleOf, type Trouble } from '../lib/outbox.ts';
import { forgetPages, forgetPerson, note, notePhone, put, who, type Phone } from './store.ts';

const PATIENCE = 30_000; // milliseconds for one piece of an attachment on a bad network

export interface Said {
  /** `away` when nothing answered. */
  readonly trouble: Trouble | 'away';
  readonly body: Record<string, unknown>;
  readonly status: number;
}

async function read(answer: Response): Promise<Record<string, unknown>> {
  return (await answer.json().catch(() => ({}))) as Record<string, unknown>;
}

/** Ask the node something; what it says of the phone itself is acted upon here. */
export async function tell(phone: Phone, address: string, request: RequestInit = {}): Promise<Said> {
  const now = await who();
  const headers = new Headers(request.headers);
  headers.set('X-Phone', phone.phone);
  headers.set('X-CSRFToken', now?.token ?? '');
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    const answer = await fetch(address, { ...request, headers, redirect: 'manual', cache: 'no-store', signal: patience.signal });
    const body = await read(answer);
    const trouble = troubleOf(answer.status, body['why']);
    // A token that fits no session says nothing of who is signed in; what needs none does.
    if (answer.status === 403 && request.method) return { ...(await tell(phone, '/field/pack/')), trouble: 'busy' };
    const isSignedOut = trouble === 'signed-out' || trouble === 'other';
    if (trouble === 'lost') await forgetPerson(phone.person);
    else await note({ isAway: answer.status >= 500, isSignedOut });
    if (isSignedOut) await forgetPages(phone.person);
    if (trouble === null) await hear(phone.person, body);
    return { trouble, body, status: answer.status };
  } catch {
    await note({ isAway: true });
    return { trouble: 'away', body: {}, status: 0 };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Let this browser in as a phone of whoever is signed in. A phone that was
 * ended gets a new name; what it has not sent yet stays and goes out under that.
 */
export async function introduce(phone: Phone, name: string): Promise<boolean> {
  const ask = (known: string): Promise<Said> => {
    const body = JSON.stringify({ phone: known, name });
    return tell({ ...phone, phone: known }, '/field/phones/', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
  };
  let known = phone.phone;
  let said = await ask(known);
  if (said.trouble === 'stranger') said = await ask((known = crypto.randomUUID()));
  if (said.trouble !== null) return false;
  await put('phones', { ...phone, phone: known, name, contactAt: Date.now() });
  return true;
}

/** Remember that the node was reached, and how far its clock is ahead. */
async function hear(person: string, body: Record<string, unknown>): Promise<void> {
  const now = typeof body['now'] === 'string' ? Date.parse(body['now']) : NaN;
  const contactAt = Date.now();
  await notePhone(person, Number.isNaN(now) ? { contactAt } : { contactAt, ahead: now - contactAt });
}
