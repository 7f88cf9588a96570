"""Pure audio: samples to what is heard; prompts and recordings at the edge."""
