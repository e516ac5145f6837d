"""What the commands in bin/ are made of. Standard library only: it runs before the
virtual environment exists."""
