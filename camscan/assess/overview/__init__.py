"""What the first page of a report says, worked out of what the register knows. Pure, one question a file."""
