"""What happens to a face on its way into a picture and has nothing to do with its expression."""
