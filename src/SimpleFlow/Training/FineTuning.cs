using SimpleFlow.Compilation;

namespace SimpleFlow;

/// <summary>Fine-tuning: training that continues from a network that others have trained.</summary>
public static class FineTuning
{
    /// <summary>The names that <see cref="Cut"/> takes: of the nodes that the losses, predictions and metrics are computed from, inputs
    /// before what is computed from them, and of layers.</summary>
    /// <param name="model">The model.</param>
    public static IReadOnlyList<string> NodeNames(this Model model) => new NamedNodes(Required.Value(model).Graph.Order).Names;

    /// <summary>
    /// Cuts the graph at a node: all that it is computed from, in its form for use (<see cref="InferenceMode(Node)"/>), to put another head
    /// on it: <c>var body = model.Cut("hidden"); var scores = Layers.Dense(body, 3);</c> It has the model's own variables, so training the
    /// new model trains them too, unless they are frozen: <c>tuned.Freeze(body.Variables())</c>. Statistics of batch normalisation stay as
    /// they are, frozen or not.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="name">The name of the node, or of the layer that ends with it. <see cref="NodeNames"/> lists them.</param>
    /// <exception cref="GraphException">The model has no node of that name, or several; the message suggests similar names.</exception>
    public static Node Cut(this Model model, string name)
    {
        return Find(Required.Value(model), name).InferenceMode();
    }

    /// <summary>
    /// The part of a model behind a node, as a model of its own that takes the node's values and shares the variables. With it a head is
    /// trained on a frozen body that is computed once for each example, not once in every epoch:
    /// <c>var head = model.Head(body); head.Model.Fit(head.Features(train), epochs: 100);</c>
    /// </summary>
    /// <param name="model">The whole model.</param>
    /// <param name="features">A node that its losses, predictions or metrics are computed from.</param>
    /// <param name="optimizer">How to train the head; by default as the model.</param>
    /// <exception cref="GraphException">The model does not compute the node, or its values are not floats, or a variable would be trained
    /// that the node itself is computed from.</exception>
    /// <exception cref="ArgumentException">The groups of the optimizer contain variables before the node.</exception>
    public static ModelHead Head(this Model model, Node features, Optimizer? optimizer = null) =>
        new(Required.Value(model), Required.Value(features), optimizer ?? model.Optimizer);

    /// <param name="model">The whole model.</param>
    /// <param name="name">The name of the node; <see cref="NodeNames"/> lists them.</param>
    /// <param name="optimizer">How to train the head; by default as the model.</param>
    /// <exception cref="GraphException">The model has no node of that name, or several; or as for the node itself.</exception>
    /// <inheritdoc cref="Head(Model, Node, Optimizer?)"/>
    public static ModelHead Head(this Model model, string name, Optimizer? optimizer = null) =>
        Head(model, Find(Required.Value(model), name), optimizer);

    /// <summary>
    /// The same computation in inference mode, also inside a network that is being trained:
    /// dropout drops nothing, <see cref="Layers.BatchNorm"/> normalises by its running averages, which stay as they are, and nothing is
    /// assigned. For a body that others have trained: <c>Layers.Dense(body.InferenceMode(), 3)</c>. Its other variables continue to train;
    /// with <see cref="StopGradient"/> after it, none does.
    /// </summary>
    public static Node InferenceMode(this Node x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return ForInference.Of([x])[0];
    }

    /// <summary>The same computations in inference mode, for several nodes of one graph: what they share stays shared.</summary>
    /// <param name="nodes">What is computed.</param>
    public static IReadOnlyList<Node> InferenceMode(this IReadOnlyList<Node> nodes) => ForInference.Of([.. Required.List(nodes)]);

    private static Node Find(Model model, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var nodes = new NamedNodes(model.Graph.Order);
        Node[] found = nodes.Called(name);
        return found switch
        {
            [var node] => node,
            [] => throw new GraphException(
                $"The model has no node '{name}'.{Similar.Question(name, nodes.Names)} model.NodeNames() lists those that it has."),
            _ => throw new GraphException(
                $"{found.Length} nodes of the model are called '{name}': give them different names, or build the new head on the node "
                    + "itself."),
        };
    }
}
