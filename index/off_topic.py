"""Questions that no book in a scholar's library answers, to learn what a low score is.

How similar the best passage is to a question means nothing by itself: each embedding has its own
scale, each library its own. These questions are asked of every new generation; what they reach
is kept in its manifest, and confidence is judged against it.
"""

OFF_TOPIC = (
    "¿Cómo se cambia la batería de un teléfono móvil?",
    "¿Cuánto tiempo hay que hornear un bizcocho de limón?",
    "¿Qué aplicación sirve para editar vídeos en el ordenador?",
    "¿Cuál es el horario de la piscina municipal los domingos?",
    "¿Cómo quito una mancha de vino de una camisa blanca?",
    "¿Qué dosis de ibuprofeno puede tomar un niño de cinco años?",
    "¿Cuántos goles marcó el delantero en la final de la copa?",
    "¿Cómo se calcula el área de un triángulo equilátero?",
    "¿Qué planta de interior necesita menos agua?",
    "¿Cuál es la contraseña de la red inalámbrica?",
    "How do I reset the password of my email account?",
    "What is the boiling point of nitrogen?",
    "Which tyre pressure is right for a mountain bike?",
    "How many calories are in a slice of pizza?",
    "What is the fastest way to sort a list in JavaScript?",
    "Who won the song contest last year?",
    "How do I descale an espresso machine?",
    "What are the opening hours of the supermarket?",
    "Which graphics card is best for video games?",
    "How far is Jupiter from the Sun?",
)
