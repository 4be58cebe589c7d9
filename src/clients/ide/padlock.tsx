type Props = { readonly state: 'open' | 'locked'; readonly label?: string }

const SHACKLE = { open: 'M5 7V4.5a3 3 0 0 1 5.8-1', locked: 'M5 7V4.5a3 3 0 0 1 6 0V7' }

/** A padlock icon. Its label is for screen readers, where no text next to it says the same. */
export const Padlock = ({ state, label }: Props) => (
  <svg
    className={`padlock padlock-${state}`}
    viewBox="0 0 16 16"
    aria-hidden={label === undefined}
    role="img"
    aria-label={label}
  >
    <path d={SHACKLE[state]} fill="none" />
    <rect x="3" y="7" width="10" height="7" rx="1.5" />
  </svg>
)
