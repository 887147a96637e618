/** The mark: a quay, a bollard, a line. Takes the colour of its text. */
export function Mark({ className }: { readonly className?: string }) {
  return (
    <svg
      aria-hidden
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={2}
      strokeLinecap="round"
      strokeLinejoin="round"
      className={className}
    >
      <path d="M2.5 20.5h19" />
      <path d="M8.5 20.5V8.5a3.5 3.5 0 0 1 7 0v12" />
      <path d="M6 11.5h12" />
      <path d="M15.5 15.5c2.4 0 3.4.8 5 2" />
    </svg>
  );
}
