"""Anonymous surveys before and after: answers that nothing links to a person."""
