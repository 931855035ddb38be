"""What the judge learns from: claims with evidence and a label, of public sets and made."""
