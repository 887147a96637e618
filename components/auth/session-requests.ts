import { authText } from "#components/strings/auth.ts";

/** What a form shows when it was refused. */
export type Refusal = { readonly message: string; readonly remedy: string | null };

const noAnswer: Refusal = { message: authText.noAnswer, remedy: authText.noAnswerRemedy };

/**
 * Signs in by next-auth's own routes: CSRF token, then the credentials.
 * @returns undefined when the session cookie is set, else why not
 */
export async function requestSignIn(email: string, password: string): Promise<Refusal | undefined> {
  try {
    const response = await post("/api/auth/callback/credentials", { email, password });
    const answer = (await response.json()) as Answer;
    if (response.ok) return undefined;
    return refusalOf(answer);
  } catch {
    return noAnswer;
  }
}

/**
 * Ends the session on the server and forgets its cookie.
 * @returns undefined when both are done, else why not
 */
export async function requestSignOut(): Promise<Refusal | undefined> {
  try {
    const response = await post("/api/auth/signout", {});
    if (response.ok) return undefined;
    return refusalOf((await response.json()) as Answer);
  } catch {
    return noAnswer;
  }
}

/** next-auth's answer, or one of our problem documents. */
type Answer = {
  readonly url?: string;
  readonly detail?: string;
  readonly remedy?: string | null;
};

async function post(path: string, body: Readonly<Record<string, string>>): Promise<Response> {
  const token = await fetch("/api/auth/csrf");
  const { csrfToken } = (await token.json()) as { readonly csrfToken: string };
  return fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...body, csrfToken, json: "true" }),
  });
}

/** next-auth hands the service's failure over as the `error` of an address. */
function refusalOf(answer: Answer): Refusal {
  if (answer.detail !== undefined) {
    return { message: answer.detail, remedy: answer.remedy ?? null };
  }
  const text = new URL(answer.url ?? "", window.location.origin).searchParams.get("error");
  try {
    const { message, remedy } = JSON.parse(text ?? "") as Refusal;
    return { message, remedy };
  } catch {
    return noAnswer;
  }
}
