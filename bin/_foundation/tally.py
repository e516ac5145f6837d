"""What passed and what failed."""

from dataclasses import dataclass, field


@dataclass
class Tally:
    """Counts of outcomes, and the names of what failed."""

    passed: int = 0
    failed: list[str] = field(default_factory=list)

    def add(self, name: str, passed: bool) -> None:
        """Count one outcome."""
        if passed:
            self.passed += 1
        else:
            self.failed.append(name)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.passed + other.passed, self.failed + other.failed)

    def report(self) -> int:
        """Print it, the counts in a last line of their own; the exit status."""
        for name in self.failed:
            print(f"FAILED {name}")
        print(f"{self.passed} passed, {len(self.failed)} failed", flush=True)
        return 1 if self.failed or not self.passed else 0
